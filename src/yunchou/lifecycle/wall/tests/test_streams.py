"""Streams under ASGI: they say that something has changed, to whom it may be said, not too many, and end with the listener."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import AsyncClient, Client

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.wall import streaming
from yunchou.lifecycle.wall.actions.screens import revoke_screen

from .factories import arrive
from .test_walls import link_of


@pytest.fixture(autouse=True)
def _quick(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams are served; they look and say faster than in life."""
    settings.STREAMS = True
    for name, value in (("BEAT", 0.02), ("PING", 0.1), ("LOOK", 0.2)):
        monkeypatch.setattr(streaming, name, value)
    # A test runs within a transaction of its own connection.
    monkeypatch.setattr(streaming, "close_old_connections", lambda: None)


async def heard(stream: AsyncIterator[bytes], event: bytes) -> bytes:
    """The next event of this kind."""
    async with asyncio.timeout(10):
        async for said in stream:
            if said.startswith(b"event: " + event):
                return said
    raise AssertionError("the stream ended")


def body(answer: Any) -> AsyncIterator[bytes]:
    assert answer.status_code == 200, answer
    assert answer.headers["Content-Type"] == "text/event-stream"
    found: AsyncIterator[bytes] = answer.streaming_content.__aiter__()
    return found


async def leave(*streams: Any) -> None:
    """What a server does when whoever listened is gone."""
    for stream in streams:
        await stream.aclose()
    gc.collect()
    await asyncio.sleep(0.05)


def test_a_stream_tells_of_a_check_in_and_ends_with_who_listens(firm: Firm, evening: Subject) -> None:
    screen, link = link_of(evening, firm)
    guests = list(Guest.objects.order_by("pk"))

    async def listen() -> None:
        client = AsyncClient()
        await sync_to_async(client.force_login)(firm.owner)
        office = body(await client.get(f"/stream/wall/{evening.pk}/"))
        hall = body(await AsyncClient().get(f"/stream/hall/{link.split('/')[2]}/"))
        first = [await heard(one, b"wall") for one in (office, hall)]
        assert first[0] == first[1]
        assert len(streaming._watches) == 1, "one question for all streams of an event"
        await heard(office, b"ping")
        await sync_to_async(arrive)(evening, firm, guests[0])
        assert await heard(office, b"wall") != first[0]
        assert await heard(hall, b"wall") != first[0]
        # A link that is switched off hears nothing any more.
        await sync_to_async(revoke_screen)(screen=screen, actor=firm.owner)
        async with asyncio.timeout(10):
            assert len([one async for one in hall]) < 9, "it ends by itself"
        assert (await AsyncClient().get(f"/stream/hall/{link.split('/')[2]}/")).status_code == 404
        await leave(office)
        assert not streaming._watches
        assert not streaming._open

    async_to_sync(listen)()


def test_streams_are_limited_and_only_for_who_sees_the_event(
    client: Client, firm: Firm, evening: Subject, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def listen() -> None:
        client = AsyncClient()
        address = f"/stream/wall/{evening.pk}/"
        assert (await client.get(address)).status_code == 404
        await sync_to_async(client.force_login)(firm.outsider)
        assert (await client.get(address)).status_code == 404
        await sync_to_async(client.force_login)(firm.owner)
        found = []
        for _n in range(streaming.MOST_OF_ONE):
            found.append(body(await client.get(address)))
            await anext(found[-1])
        assert (await client.get(address)).status_code == 429
        await leave(*found)
        assert not streaming._open

    others: list[Any] = []
    with monkeypatch.context() as patched:
        patched.setattr(BaseDatabaseWrapper, "connect", lambda connection: others.append(connection))
        async_to_sync(listen)()
    assert not others, "nobody was answered by a thread with a connection of its own, which would stay open"
    client.force_login(firm.owner)
    assert client.get(f"/stream/wall/{evening.pk}/").status_code == 404, (
        "a thread of a WSGI server is not held"
    )
    assert f'data-stream="/stream/wall/{evening.pk}/"' in client.get(f"/s/{evening.pk}/wall/office/").text
    settings.STREAMS = False
    assert 'data-stream=""' in client.get(f"/s/{evening.pk}/wall/office/").text


def test_a_stream_ends_by_itself(firm: Firm, evening: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "LIFE", 0.15)

    async def listen() -> None:
        said = [one async for one in streaming.changes(evening.pk, "user:1", lambda: True)]
        assert said[0].startswith(b"retry:")
        assert not streaming._open

    async_to_sync(listen)()
