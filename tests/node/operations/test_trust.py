"""Vouches, and what is drawn along them; blocks with reasons; a home that was brought back."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from potluck.node.home.paths import RESTORED
from potluck.node.limits import RELEASED
from potluck.node.operations.draw import beside, receipts, today
from potluck.node.operations.draw import why as reasons
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.lifecycle import leave as leaving
from potluck.node.operations.service import Health, Service
from potluck.node.operations.trust import blocks, vouches
from potluck.node.operations.trust.words import from_words, to_words
from potluck.node.store.eviction import purge
from potluck.protocol.announcement import DAY
from potluck.protocol.errors import LocalError, NotFound, Refused, VerificationFailed
from potluck.protocol.vouch import SignedVouch, Vouch, revise, sign_vouch
from tests import builders
from tests.builders import NETWORK, NOW, source
from tests.node.at_home import at_home, clock_of, receive
from tests.node.town import event, titles

ADA, BO, CY = (builders.host(number) for number in (1, 2, 3))
VOUCHED = DrawForm(vouched=True, no_strangers=True)


def said(by: int, host: int | bytes, index: int = 0, **fields: Any) -> SignedVouch:
    """A public vouch of a host for another."""
    key = builders.host(host).key if isinstance(host, int) else host
    identity = builders.host(by)
    made = Vouch(
        NETWORK.id, identity.key, builders.nonce(identity), index, key, NOW, NOW + 100 * DAY, True
    )
    return sign_vouch(replace(made, **fields), identity)


def hear(service: Service, *vouched: SignedVouch) -> None:
    for one in vouched:
        service.intake.vouches.take(one, one.has_valid_signature)


def friends(a: int, b: int) -> tuple[SignedVouch, SignedVouch]:
    return said(a, b, index=b), said(b, a, index=a)


async def test_a_vouch_is_for_oneself_unless_it_is_signed(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        made = await vouches.vouch(service, ADA.key.hex(), "Ada")
        assert (made["name"], made["public"], made["returned"]) == ("Ada", False, False)
        assert not len(await service.intake.vouches.items(NOW))

        hear(service, said(1, service.me))
        made = await vouches.vouch(service, ADA.key.hex()[:8], public=True, until="2027-01-01")
        assert (made["name"], made["public"], made["returned"]) == ("Ada", True, True)
        assert len(await service.intake.vouches.items(NOW)) == 2
        with pytest.raises(Refused, match="earlier"):
            await vouches.vouch(service, ADA.key.hex(), public=True, until="2026-12-01")

        assert (await vouches.unvouch(service, ADA.key.hex()))["was_public"]
        assert await vouches.vouches(service) == []
        with pytest.raises(NotFound, match="do not vouch"):
            await vouches.unvouch(service, ADA.key.hex())


async def test_who_leaves_takes_back_what_all_could_see(tmp_path: Path) -> None:
    async with at_home(tmp_path / "home") as service:
        await vouches.vouch(service, ADA.key.hex(), public=True)
        await leaving.leave(service, str(tmp_path / "out"))
        assert [one.given for one in service.store.trust.of(service.me)] == [False]


async def test_a_vouch_needs_somebody_else_and_an_end(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        with pytest.raises(Refused, match="your own key"):
            await vouches.vouch(service, service.me.hex())
        with pytest.raises(Refused, match="400 days"):
            await vouches.vouch(service, ADA.key.hex(), until="2029-01-01")
        with pytest.raises(Refused, match="400 days"):
            await vouches.vouch(service, ADA.key.hex(), until="2020-01-01")
        with pytest.raises(NotFound, match="whole key"):
            await vouches.vouch(service, "12345678")
        with pytest.raises(LocalError, match="no host's card"):
            await vouches.vouch(service, "potluck:network?n=a&b=4")


async def test_one_vouches_publicly_for_so_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vouches, "MAX_VOUCHES", 1)
    async with at_home(tmp_path) as service:
        await vouches.vouch(service, ADA.key.hex(), public=True)
        with pytest.raises(Refused, match="1 hosts already"):
            await vouches.vouch(service, BO.key.hex(), public=True)


async def test_nobody_vouches_publicly_by_a_clock_that_is_years_behind(tmp_path: Path) -> None:
    async with at_home(tmp_path, now=RELEASED - DAY) as service:
        with pytest.raises(Refused, match="set it first"):
            await vouches.vouch(service, ADA.key.hex(), public=True)


async def test_who_is_met_again_after_all_counts_until_it_ends(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await vouches.vouch(service, ADA.key.hex(), public=True)
        await vouches.unvouch(service, ADA.key.hex())
        clock_of(service).seconds += 5
        await vouches.vouch(service, ADA.key.hex())
        await vouches.vouch(service, BO.key.hex(), public=True)
        assert {one["host"] for one in await vouches.vouches(service)} == {
            ADA.key.hex(),
            BO.key.hex(),
        }
        clock_of(service).seconds += 400 * DAY
        assert await vouches.vouches(service) == []
        ended = clock_of(service).seconds + DAY
        service.store.database.submit(partial(purge, now=ended)).result()
        assert not len(await service.intake.vouches.items(0))


async def test_a_card_carries_the_key_and_its_six_words(tmp_path: Path) -> None:
    async with at_home(tmp_path / "a") as service, at_home(tmp_path / "b") as friend:
        card = await vouches.card(service)
        assert len(card["words"].split()) == 6
        assert (await vouches.words_of(friend, card["link"]))["words"] == card["words"]
        made = await vouches.vouch(friend, card["link"])
        assert (made["host"], made["name"]) == (service.me.hex(), "somebody")


async def test_a_vouched_draw_goes_along_vouches_and_says_how(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await receive(service, *(event(host, slot) for host in (2, 9) for slot in range(3)))
        await vouches.vouch(service, ADA.key.hex(), "Ada")
        hear(service, *friends(1, 2), said(1, 9, index=9))

        hand = await today.draw(service, VOUCHED)

        assert {card["host"] for card in hand["hand"]} == {BO.key.hex()}
        assert (hand["reach"], hand["missing"], len(hand["hand"])) == (2, 2, 3)
        way = [{"host": ADA.key.hex(), "name": "Ada"}, {"host": BO.key.hex(), "name": ""}]
        assert all(card["walk"] == {"stranger": False, "path": way} for card in hand["hand"])
        assert titles(await today.draw(service, VOUCHED)) == titles(hand)


async def test_few_vouches_deal_few_cards_and_strangers_are_called_so(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await receive(service, *(event(host) for host in range(1, 40)))
        empty = await today.draw(service, VOUCHED)
        assert (empty["hand"], empty["reach"], empty["missing"]) == ([], 0, 5)

        form = DrawForm(vouched=True, hand=40)
        hand = await beside.draw_seed(service, form, "11" * 32)
        assert 0 < len(hand["hand"]) < 40
        assert all(card["walk"] == {"stranger": True, "path": []} for card in hand["hand"])


async def test_a_receipt_of_a_vouched_draw_withholds_whom_one_has_met(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await receive(service, *(event(host, slot) for host in range(1, 6) for slot in range(2)))
        await vouches.vouch(service, ADA.key.hex(), "Ada")
        hear(service, *friends(1, 2), *friends(2, 3), *friends(3, 4))
        hand = await beside.draw_seed(service, DrawForm(vouched=True), "11" * 32)
        id = hand["receipt"]
        assert id is not None

        own = await receipts.receipt_show(service, id)
        assert (own["vouched"], own["differences"]) == (True, [])
        assert not any("Not checked" in each for each in own["unproven"])

        shared = await receipts.receipt_file(service, id)
        assert "met" not in json.loads(shared)
        found = await receipts.verify(shared)
        assert any("Not checked: the first step" in each for each in found["unproven"])

        whole = await receipts.receipt_file(service, id, with_my_vouches=True)
        assert json.loads(whole)["met"] == [ADA.key.hex()]
        assert not any("Not checked" in each for each in (await receipts.verify(whole))["unproven"])
        for content in (shared, whole):
            await refuse_changes(json.loads(content))


async def refuse_changes(receipt: Any) -> None:
    """A receipt with a vouch less, another number or another way does not verify."""
    changed = [receipt | {"vouches": receipt["vouches"][:1]}]
    for change in ({"number": receipt["hand"][-1]["number"] + 1}, {"path": None}):
        hand = [*receipt["hand"][:-1], receipt["hand"][-1] | change]
        changed.append(receipt | {"hand": hand})
    for one in changed:
        with pytest.raises(VerificationFailed):
            await receipts.verify(json.dumps(one).encode())


async def test_an_importer_one_vouches_for_is_shown_before_others(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        for host in range(1, 8):
            await receive(
                service,
                event(host, 5, title=f"By {host}", source=source("Library", builders.host(host))),
            )
        first = (await today.draw(service, DrawForm()))["hand"][0]
        other = next(host for host in range(1, 8) if builders.host(host).key.hex() != first["host"])

        await vouches.vouch(service, builders.host(other).key.hex(), "Ada")

        (card,) = (await today.draw(service, DrawForm()))["hand"]
        assert (card["title"], card["importers"]) == (f"By {other}", 7)


async def test_blocks_have_reasons_that_why_tells(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        own, brought = event(1), event(1, 2, source=source("Club", ADA))
        other = event(2, 3, source=source("Club", BO))
        await receive(service, own, brought, other)
        await blocks.block(service, ADA.key.hex(), importer=True, why="copies all")
        assert len((await today.draw(service, DrawForm()))["hand"]) == 2
        why = await reasons.why(service, brought.id.hex(), DrawForm())
        assert why["reasons"][0]["why"] == (
            "you blocked what its importer imports on 2026-11-18: copies all"
        )

        await blocks.block(service, source="Club", why="rude", warn=True)
        hand = await today.draw(service, DrawForm(days=15))
        assert {card["host"]: card["warnings"] for card in hand["hand"]} == {
            ADA.key.hex(): [],
            BO.key.hex(): ["rude"],
        }
        assert len((await blocks.unblock(service, source="Club"))["blocks"]) == 1
        left = await blocks.unblock(service, ADA.key.hex()[:6], importer=True)
        assert left == {"blocks": []}


async def test_a_list_of_blocks_goes_to_a_friend(tmp_path: Path) -> None:
    file = str(tmp_path / "blocks.json")
    async with at_home(tmp_path / "a") as service, at_home(tmp_path / "b") as friend:
        await blocks.block(service, CY.key.hex(), why="sells things")
        await blocks.block(service, friend.me.hex())
        await blocks.block(service, source="Casino")
        await blocks.block(service, "raffle")
        assert (await blocks.write_blocks(service, file))["blocks"] == 4

        found = (await blocks.read_blocks(friend, file))["blocks"]

        assert [(one["kind"], one["text"], one["why"]) for one in found] == [
            ("host", None, "sells things"),
            ("source", "Casino", ""),
            ("word", "raffle", ""),
        ]
        assert await blocks.blocks(friend) == {"blocks": []}
        for wrong in ("{}", '{"format": "potluck-blocks-v1", "blocks": [{"kind": "host"}]}', "\0"):
            Path(file).write_text(wrong)
            with pytest.raises(LocalError, match="no list of blocks"):
                await blocks.read_blocks(friend, file)


async def test_a_list_of_blocks_says_what_it_blocks(tmp_path: Path) -> None:
    """A hostile one: a word that is the beginning of a friend's key, and text that paints."""
    file = tmp_path / "blocks.json"
    async with at_home(tmp_path / "home") as service:
        await receive(service, event(1))
        key = event(1).announcement.host.hex()
        words = [{"kind": "word", "text": key[:8], "why": "\x1b[2J\u202enoise"}]
        words.append({"kind": "word", "text": " RAFFLE\x9b", "why": ""})
        file.write_text(json.dumps({"format": "potluck-blocks-v1", "blocks": words}))
        for each in (await blocks.read_blocks(service, str(file)))["blocks"]:
            await blocks.block(service, **blocks.meant_by(each), why=each["why"])

        found = (await blocks.blocks(service))["blocks"]
        assert {(one["kind"], one["text"], one["why"]) for one in found} == {
            ("word", key[:8], "[2J noise"),
            ("word", "raffle", ""),
        }
        for one in found:
            await blocks.unblock(service, **blocks.meant_by(one))
        assert await blocks.blocks(service) == {"blocks": []}


async def test_what_says_no_block_is_none(tmp_path: Path) -> None:
    key = CY.key.hex()
    wrong: list[dict[str, str]] = [
        {"kind": "host", "host": key[:62]},
        {"kind": "host", "host": "z" * 64},
        {"kind": "host", "host": key, "why": "x" * 201},
        {"kind": "host", "host": key, "text": "x"},
        {"kind": "importer"},
        {"kind": "source", "host": key},
        {"kind": "source", "host": key, "text": "x" * 201},
        {"kind": "word", "text": "x" * 101},
        {"kind": "word", "text": " "},
        {"kind": "word", "text": "raffle", "host": key},
    ]
    good = {"kind": "host", "host": key}
    files = [{"format": "potluck-blocks-v1", "blocks": [each]} for each in wrong]
    files.append({"format": "potluck-blocks-v1", "blocks": [good] * 10_001})
    files.append({"format": "potluck-blocks-v2", "blocks": [good]})
    async with at_home(tmp_path) as service:
        for each in files:
            with pytest.raises(LocalError):
                blocks.blocks_in(service, "file", json.dumps(each).encode())


async def test_a_block_is_of_somebody_else_and_undone_by_its_name(tmp_path: Path) -> None:
    key = CY.key.hex()
    async with at_home(tmp_path) as service:
        with pytest.raises(Refused, match="your own key"):
            await blocks.block(service, service.me.hex())
        for more in ({"importer": True}, {"source": "Casino"}):
            with pytest.raises(NotFound, match="no host has a key"):
                await blocks.block(service, "nobody", **more)
        for word in (" ", "x" * 101):
            with pytest.raises(LocalError, match="1 to 100 letters"):
                await blocks.block(service, word, word=True)

        (made,) = (await blocks.block(service, key, why="\x1b[2J" + "no" * 200))["blocks"]
        assert made["why"].startswith("[2J")
        assert len(made["why"]) <= blocks.MAX_WHY
        with pytest.raises(NotFound, match="is not blocked so"):
            await blocks.unblock(service, key[:3])
        assert await blocks.unblock(service, key[:4]) == {"blocks": []}


async def test_a_blocked_word_is_a_whole_one_and_no_pattern(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        for number, title in enumerate(("Art", "Cart", "Artful", "C++ night", "Cxx night"), 1):
            await receive(service, event(number, title=title))
        await blocks.block(service, "art", word=True)
        await blocks.block(service, "c++", word=True)
        await blocks.block(service, "c.x", word=True)
        hand = await today.draw(service, DrawForm(hand=9))

        assert sorted(titles(hand)) == ["Artful", "Cart", "Cxx night"]


async def test_what_was_taken_back_elsewhere_since_stays_taken_back(tmp_path: Path) -> None:
    """A home is restored from a copy of three weeks ago, and vouches on."""
    async with at_home(tmp_path) as service:
        await vouches.vouch(service, ADA.key.hex(), "Ada", public=True)
        old = service.store.trust.of(service.me)[0]
        identity = service.home.identity
        taken_back = sign_vouch(revise(old, given=False, now=NOW + 5 * DAY, expires_at=0), identity)
        instead = sign_vouch(replace(old, index=1, host=CY.key, issued_at=NOW + 6 * DAY), identity)
        clock_of(service).seconds = NOW + 21 * DAY
        (tmp_path / RESTORED).touch()

        with pytest.raises(Refused, match="Let it hear first"):
            await vouches.vouch(service, BO.key.hex(), public=True)
        hear(service, taken_back, instead)
        heard = replace(service, connections=Heard())  # type: ignore[arg-type]
        await vouches.vouch(heard, BO.key.hex(), "Bo", public=True)

        assert {one["host"] for one in await vouches.vouches(service)} == {
            BO.key.hex(),
            CY.key.hex(),
        }
        await service.store.trust.settle()
        live = {one.host for one in service.store.trust.of(service.me) if one.given}
        assert live == {BO.key, CY.key}


class Heard:
    """A running node that has met others."""

    def health(self) -> Health:
        return Health(1, 1, 0, None, heard_vouches=True)

    def clock_offset(self) -> None:
        return None

    async def spread(self, _: object) -> None:
        pass


async def test_a_revocation_holds_until_the_vouch_would_have_ended(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        given = said(1, 2)
        short = said(1, 2, given=False, issued_at=NOW + 60, expires_at=NOW + DAY)
        back = sign_vouch(revise(given.vouch, given=False, now=NOW + 60, expires_at=0), ADA)
        hear(service, given, said(2, 1), short)
        assert await linked(service, NOW)  # it would have ended before what it takes back
        hear(service, back, given)
        assert not await linked(service, NOW)
        await service.store.upkeep.purge(NOW + 99 * DAY)
        hear(service, given)
        assert not await linked(service, NOW + 99 * DAY)


async def test_a_circle_of_free_keys_is_never_walked_to(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await receive(service, *(event(host) for host in range(10, 20)))
        await vouches.vouch(service, ADA.key.hex(), "Ada")
        for host in range(10, 20):
            after = host + 1 if host < 19 else 10
            hear(
                service, *friends(host, after), said(host, 1, index=60), said(host, service.me, 61)
            )
        assert (await today.draw(service, VOUCHED))["reach"] == 1


async def test_a_full_store_keeps_room_for_who_is_in_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("potluck.node.store.trust.MAX_VOUCHES", 3)
    async with at_home(tmp_path) as service:
        await vouches.vouch(service, ADA.key.hex(), "Ada")
        hear(service, *(said(host, 50) for host in range(10, 20)))
        assert len(await service.intake.vouches.items(NOW)) == 3
        left_out = said(19, 50)
        assert not service.intake.vouches.needs(left_out.id)
        hear(service, *friends(1, 2))
        assert len(await service.intake.vouches.items(NOW)) == 4
        service.store.trust.look_again()
        hear(service, *friends(1, 2))
        assert len(await service.intake.vouches.items(NOW)) == 5

        hear(service, said(10, 50, given=False, issued_at=NOW + 1))  # in a register that it has
        assert [one.given for one in service.store.trust.of(builders.host(10).key)] == [False]
        hear(service, said(1, 3, index=3, given=False))
        assert len(await service.intake.vouches.items(NOW)) == 6
        service.store.trust.look_again()
        hear(service, said(3, 4))
        assert len(await service.intake.vouches.items(NOW)) == 6, "taken back, it leads nowhere"
        monkeypatch.setattr("potluck.node.store.trust.MAX_VOUCHES_IN_REACH", 6)
        hear(service, said(1, 4, index=4))
        assert len(await service.intake.vouches.items(NOW)) == 6


async def linked(service: Service, now: int) -> bool:
    """Whether ADA and BO vouch for each other."""
    await service.store.trust.settle()
    return bool(service.store.trust.returned(ADA.key, now))


def test_a_key_comes_back_from_words_unless_one_is_wrong() -> None:
    words = to_words(bytes(range(32)))
    assert from_words(f"  {words.upper()} ") == bytes(range(32))
    wide = "".join(chr(ord(one) + 0xFEE0) if one.isalpha() else one for one in words)
    numbered = "\ufeff" + ", ".join(f"{n}. {word}" for n, word in enumerate(words.split(), 1))
    assert from_words(wide) == from_words(numbered) == bytes(range(32))
    listed = words.split()
    with pytest.raises(LocalError, match="24 words; these are 23"):
        from_words(" ".join(listed[1:]))
    with pytest.raises(LocalError, match="word 2, 'potlucky'"):
        from_words(" ".join([listed[0], "potlucky", *listed[2:]]))
    with pytest.raises(LocalError, match="checksum"):
        from_words(" ".join([listed[1], listed[0], *listed[2:]]))
