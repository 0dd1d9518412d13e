"""The chain finds every kind of tampering, and forgetting a person does not look like tampering."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal import crypto
from yunchou.kernel.journal.actions import forget_person, record, seal_all, seal_entries
from yunchou.kernel.journal.chain import breaks
from yunchou.kernel.journal.kinds import kind, kinds
from yunchou.kernel.journal.models import ChainHead, JournalEntry, PersonalValue, PersonKey, Seal
from yunchou.kernel.journal.selectors import unsealed_tail

NOTED = kinds.get("tests.noted") or kind("tests.noted", _("noted {what}"))


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create(username="zhang", name="张伟")


@pytest.fixture
def chain(person: User) -> list[JournalEntry]:
    entries = [record(NOTED, actor=person, data={"what": f"thing {n}"}) for n in range(5)]
    seal_all()
    return entries


def problems() -> set[tuple[str, int]]:
    return {(b.problem, b.number) for b in breaks()}


@pytest.mark.req("SUP-06")
def test_untouched_chain_holds(chain: list[JournalEntry]) -> None:
    assert problems() == set()
    assert unsealed_tail().count == 0


def _sql(statement: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def _alter(entries: list[JournalEntry]) -> None:
    _sql("UPDATE journal_journalentry SET kind = 'tests.other' WHERE id = %s", entries[2].pk)


def _delete(entries: list[JournalEntry]) -> None:
    _sql("DELETE FROM journal_journalentry WHERE id = %s", entries[2].pk)


def _cut_tail(entries: list[JournalEntry]) -> None:
    _sql("DELETE FROM journal_journalentry WHERE id = %s", entries[4].pk)
    _sql("DELETE FROM journal_seal WHERE entry_id = %s", entries[4].pk)


def _insert(entries: list[JournalEntry]) -> None:
    forged = JournalEntry.objects.create(kind="tests.noted", data={"what": "forged"})
    Seal.objects.create(number=6, entry_id=forged.pk, digest="f" * 64)


def _reorder(entries: list[JournalEntry]) -> None:
    first, second = entries[1].pk, entries[2].pk
    _sql("UPDATE journal_seal SET entry_id = -1 WHERE entry_id = %s", first)
    _sql("UPDATE journal_seal SET entry_id = %s WHERE entry_id = %s", first, second)
    _sql("UPDATE journal_seal SET entry_id = %s WHERE entry_id = -1", second)


def _drop_entry_and_link(entries: list[JournalEntry]) -> None:
    _sql("DELETE FROM journal_journalentry WHERE id = %s", entries[2].pk)
    _sql("DELETE FROM journal_seal WHERE entry_id = %s", entries[2].pk)


@pytest.mark.req("SUP-06")
@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (_alter, ("altered", 3)),
        (_delete, ("deleted", 3)),
        (_cut_tail, ("wrong_head", 4)),
        (_insert, ("altered", 6)),
        (_reorder, ("altered", 2)),
        (_drop_entry_and_link, ("missing_link", 3)),
    ],
)
def test_tampering_is_found(
    chain: list[JournalEntry], tamper: Callable[[list[JournalEntry]], None], expected: tuple[str, int]
) -> None:
    tamper(chain)
    assert expected in problems()


def test_an_altered_entry_is_named_once(chain: list[JournalEntry]) -> None:
    _alter(chain)
    assert problems() == {("altered", 3)}


def test_the_unsealed_tail_is_named(chain: list[JournalEntry], person: User) -> None:
    new = record(NOTED, actor=person, data={"what": "more"})
    tail = unsealed_tail()
    assert (tail.count, tail.first, tail.last) == (1, new.pk, new.pk)


def test_entries_cannot_be_changed_or_deleted_through_the_model(chain: list[JournalEntry]) -> None:
    with pytest.raises(TypeError):
        chain[0].save()
    with pytest.raises(TypeError):
        chain[0].delete()
    with pytest.raises(TypeError):
        JournalEntry.objects.all().delete()
    with pytest.raises(TypeError):
        JournalEntry.objects.update(kind="x")


@pytest.mark.req("ARC-11")
def test_forgetting_a_person_destroys_the_values_and_keeps_the_chain(person: User) -> None:
    guest = User.objects.create(username="guest", name="王芳")
    entry = record(NOTED, actor=person, data={"what": "a call"}, personal={guest: {"phone": "13800000000"}})
    seal_all()
    sealed = bytes(PersonalValue.objects.get(entry=entry).sealed)
    key = crypto.unwrap(bytes(PersonKey.objects.get(user=guest).wrapped))
    assert "13800000000" in crypto.decrypt(key, sealed)
    assert b"13800000000" not in sealed

    forget_person(person=guest, actor=person)
    seal_all()

    assert not PersonKey.objects.filter(user=guest).exists()
    assert problems() == set()
    with pytest.raises(InvalidTag):
        crypto.decrypt(crypto.unwrap(crypto.new_key()), sealed)


def test_sentences_are_read_in_the_readers_language(person: User) -> None:
    entry = record(NOTED, actor=person, data={"what": say("yes")})
    with override("en"):
        assert entry.sentence == "noted yes"


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_seal_each_entry_once() -> None:
    person = User.objects.create(username="li", name="李娜")
    for n in range(30):
        record(NOTED, actor=person, data={"what": str(n)})
    failures: list[Exception] = []

    def work() -> None:
        try:
            while seal_entries(limit=4):
                pass
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _unused in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Seal.objects.count() == 30
    assert ChainHead.objects.get().number == 30
    assert problems() == set()
