"""What libp2p logs."""

import logging

logger = logging.getLogger(__name__)


class _ToDebug(logging.Handler):
    """libp2p calls ordinary churn warnings and errors; what matters we log ourselves."""

    def emit(self, record: logging.LogRecord) -> None:
        logger.debug("libp2p: %s", record.getMessage())


def redirect_libp2p() -> None:
    """Have libp2p log to us, and nowhere else."""
    theirs = logging.getLogger("libp2p")
    theirs.handlers = [_ToDebug()]
    theirs.propagate = False
