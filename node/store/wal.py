"""The log beside the store's file (https://www.sqlite.org/fileformat.html, section 4)."""

import struct
from pathlib import Path

_HEADER = struct.Struct(">IIIIIIII")
_FRAME = struct.Struct(">IIIIII")


def pages_in(path: Path) -> int:
    """How many pages the log of this database holds since it was last begun anew, whole or torn."""
    try:
        with path.with_name(path.name + "-wal").open("rb") as log:
            header = log.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return 0
            _, _, page_size, _, *salts, _, _ = _HEADER.unpack(header)
            pages = 0
            while len(frame := log.read(_FRAME.size)) == _FRAME.size:
                if list(_FRAME.unpack(frame)[2:4]) != salts:  # left over from before
                    break
                pages += 1
                log.seek(page_size, 1)
            return pages
    except OSError:
        return 0
