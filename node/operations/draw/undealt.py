"""Why an event is not in today's hand, by the receipt of that hand and not by what holds now."""

import trio

from potluck.node.clock import iso
from potluck.node.operations.announce.signing import event_of, held
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.protocol import receipt_json

from .today import hand_of_today
from .why import against


async def undealt(service: Service, id: str, form: DrawForm) -> Json:
    """{dealt_at, receipt, in_hat, later, reasons}, of the first hand that these filters dealt
    today.

    dealt_at: when, None if none was dealt, and then the rest is as if one were dealt now; in_hat:
    whether the event was among the candidates; later: whether it was announced or changed only
    after that; reasons: what hides it now, as `why` gives them.
    """
    await service.intake.settle()
    signed = held(service, id)
    reasons = against(service, signed, form)
    hand = hand_of_today(service, form)
    if hand is None:
        state = {"in_hat": not reasons, "dealt_at": None, "receipt": None, "later": False}
        return state | {"reasons": reasons}
    stored = await service.store.receipts.read(hand.facts["receipt"])
    made = await trio.to_thread.run_sync(receipt_json.decode, stored.body)
    event = event_of(signed)
    return {
        "dealt_at": iso(hand.drawn_at, "UTC"),
        "receipt": hand.facts["receipt"],
        "in_hat": any(each.event == event for each in made.candidates),
        "later": signed.announcement.issued_at > hand.drawn_at,
        "reasons": reasons,
    }
