"""The share page: what guests see by a link, how soon a withdrawn consent takes it away, and what stays behind of a picture."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from yunchou.directory.customers.actions.consents import give_consent, withdraw_consent
from yunchou.directory.customers.actions.erasing import erase_customer
from yunchou.directory.customers.models import Basis, Consent, Purpose
from yunchou.directory.organisation.positions import MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.files import store
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.actions.sessions import keep_page
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.selectors.invitations import values_of
from yunchou.lifecycle.events.tests.factories import make_customer
from yunchou.lifecycle.events.tests.test_guest_pages import FORBIDDEN_SCRIPTS, FORBIDDEN_STYLES, faults
from yunchou.lifecycle.programme.actions import albums
from yunchou.lifecycle.programme.actions import pictures as actions
from yunchou.lifecycle.programme.models import Album, Picture
from yunchou.lifecycle.programme.selectors.albums import AT_ONCE

from .factories import EVENING, make_evening


@pytest.fixture(autouse=True)
def _nobody_was_slowed(db: None) -> None:
    cache.clear()


SOMEWHERE = b"31 14 N 121 29 E"


def photo(number: int, *, tells: bool = False, size: tuple[int, int] = (60, 40)) -> SimpleUploadedFile:
    """A photograph; one that `tells` says in EXIF, a comment and XMP where and with what it was taken, and lies on its side."""
    out = io.BytesIO()
    image = Image.new("RGB", size, (number * 7 % 256, 40, 90))
    if tells:
        exif = Image.Exif()
        exif[0x0112], exif[0x010F] = 6, "Camera of Lin"
        exif.get_ifd(0x8825)[0x001D] = SOMEWHERE.decode()
        image.save(
            out, "JPEG", exif=exif, comment=SOMEWHERE, xmp=b"<x:xmpmeta>" + SOMEWHERE + b"</x:xmpmeta>"
        )
        assert SOMEWHERE in out.getvalue()
    else:
        image.save(out, "JPEG")
    return SimpleUploadedFile(f"{number}.jpg", out.getvalue())


def published(
    subject: Subject, firm: Firm, count: int = 1, *guests: Guest, **kwargs: object
) -> list[Picture]:
    """So many published pictures, each with these guests in it."""
    number = Picture.objects.count()
    files = [photo(number + n) for n in range(count)]
    made = actions.bring_pictures(subject=subject, uploads=files, actor=firm.owner, **kwargs)  # type: ignore[arg-type]
    tags = str(kwargs.get("tags", ""))
    for one in made:
        actions.mark_picture(picture=one, guests=guests, actor=firm.owner, tags=tags)
    actions.publish_pictures(subject=subject, pictures=[one.pk for one in made], actor=firm.owner)
    return made


def release(subject: Subject, firm: Firm, **fields: object) -> tuple[Album, str]:
    told = {"title": "难忘的夜晚", "expires_at": clock.now() + timedelta(days=30)} | fields
    album = albums.make_album(subject=subject, actor=firm.owner, **told)  # type: ignore[arg-type]
    return album, f"/pictures/{album.token.open()}/"


def test_guests_see_what_is_published_and_a_withdrawal_takes_it_from_page_and_file(
    client: Client, firm: Firm
) -> None:
    subject = make_evening(firm, guests=3)
    lin, zhou, _he = Guest.objects.order_by("pk")
    customer = make_customer(firm, "周明远")
    Guest.objects.filter(pk=zhou.pk).update(customer=customer)
    give_consent(customer=customer, purpose=Purpose.IMAGE, actor=firm.owner, basis=Basis.PAPER, proof="现场")
    Guest.objects.filter(pk=lin.pk).update(allows_pictures=True)
    (nobody,) = published(subject, firm)
    (with_lin,) = published(subject, firm, 1, Guest.objects.get(pk=lin.pk))
    (with_zhou,) = published(subject, firm, 1, Guest.objects.get(pk=zhou.pk))
    (raw,) = actions.bring_pictures(subject=subject, uploads=[photo(90)], actor=firm.owner)
    _album, url = release(subject, firm, words="感谢光临")
    told = client.get(url)
    assert (told.status_code, told["X-Robots-Tag"], told["Cache-Control"], told["Referrer-Policy"]) == (
        200,
        "noindex, nofollow",
        "private, no-store",
        "no-referrer",
    )
    assert "<script" not in told.text, "works without scripts"
    assert "感谢光临" in told.text
    for one in (nobody, with_lin, with_zhou):
        assert f"{url}{one.pk}/small.jpg" in told.text
        assert client.get(f"{url}{one.pk}/small.jpg")["Content-Type"] == "image/jpeg"
    assert f"{url}{raw.pk}/" not in told.text
    for pk, size in ((raw.pk, "small"), (nobody.pk, "huge"), (10**9, "large")):
        assert client.get(f"{url}{pk}/{size}.jpg").status_code == 404
    assert "max-age=30" in client.get(f"{url}{nobody.pk}/large.jpg")["Cache-Control"]
    for name in ("林晓雯", "周明远", "何嘉欣"):
        assert name not in told.text

    # By the directory, by the guest's own page, and by a row that was changed past every action.
    withdraw_consent(
        customer=customer, purpose=Purpose.IMAGE, actor=firm.owner, basis=Basis.SPOKEN, proof="电话"
    )
    assert f"/{with_zhou.pk}/" not in client.get(url).text
    assert client.get(f"{url}{with_zhou.pk}/small.jpg").status_code == 404
    assert f"/{with_lin.pk}/" in client.get(url).text
    Guest.objects.filter(pk=lin.pk).update(allows_pictures=False)
    assert f"/{with_lin.pk}/" not in client.get(url).text
    assert client.get(f"{url}{with_lin.pk}/large.jpg").status_code == 404
    assert f"/{nobody.pk}/" in client.get(url).text
    assert "Only pictures are shown" in client.get(f"{url}?lang=en").text
    journal = str(list(JournalEntry.objects.filter(subject=subject).values_list("data", flat=True)))
    assert url.strip("/").rsplit("/", 1)[-1] not in journal, "the link is a secret"


def test_a_picture_that_was_damaged_on_the_disk_is_as_good_as_lost(client: Client, firm: Firm) -> None:
    subject = make_evening(firm, guests=0)
    (one,) = published(subject, firm)
    _album, url = release(subject, firm)
    name = store.name_of(one.attachment.file.sha256)
    kept = Path(default_storage.path(name))
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes()[:400])
    assert client.get(f"{url}{one.pk}/large.jpg").status_code == 404
    assert client.get(url).status_code == 200


def test_nothing_of_where_and_with_what_it_was_taken_goes_with_a_picture(client: Client, firm: Firm) -> None:
    subject = make_evening(firm, guests=0)
    upload = photo(1, tells=True, size=(3000, 2000))
    (one,) = actions.bring_pictures(subject=subject, uploads=[upload], actor=firm.owner)
    actions.mark_picture(picture=one, guests=[], actor=firm.owner)
    actions.publish_pictures(subject=subject, pictures=[one.pk], actor=firm.owner)
    _album, url = release(subject, firm)
    for size, longest in (("small", 480), ("large", 1600)):
        content = client.get(f"{url}{one.pk}/{size}.jpg").content
        image = Image.open(io.BytesIO(content))
        assert max(image.size) == longest
        assert image.height > image.width, "it stands upright"
        assert not image.getexif()
        for word in (SOMEWHERE, b"Camera of Lin", b"Exif", b"xmpmeta"):
            assert word not in content


def test_a_link_is_counted_ends_is_taken_back_and_cannot_be_guessed(client: Client, firm: Firm) -> None:
    subject = make_evening(firm, guests=1)
    (picture,) = published(subject, firm)
    album, url = release(subject, firm)
    file = f"{url}{picture.pk}/small.jpg"
    assert client.get(file).status_code == 200
    client.get(url)
    client.get(url)
    client.get(url, headers={"User-Agent": "WhatsApp/2 preview"})
    album.refresh_from_db()
    assert album.opened == 2, "who opened it is not noted, only how often; a preview is nobody"
    with clock.at(clock.now() + timedelta(days=31)):
        assert (client.get(url).status_code, client.get(file).status_code) == (404, 404)
    with pytest.raises(NotAllowed):
        albums.revoke_album(album=album, actor=firm.outsider)
    albums.revoke_album(album=album, actor=firm.owner)
    assert (client.get(url).status_code, client.get(file).status_code) == (404, 404)
    for bad in ({"title": " "}, {"expires_at": EVENING - timedelta(days=1)}, {"tag": "两个 标签"}):
        with pytest.raises(Invalid), clock.at(EVENING):
            release(subject, firm, **bad)
    answers = [client.get(f"/pictures/{'x' * 30}{n}/").status_code for n in range(30)]
    assert answers[0] == 404
    assert answers[-1] == 429
    assert client.get(f"/pictures/{'y' * 32}/", headers={"Accept-Language": "en"}).status_code == 429
    _other, works = release(subject, firm)
    assert client.get(works).status_code == 200, "who has a link is not slowed"


def test_an_album_shows_one_tag_page_by_page_with_the_same_statements(client: Client, firm: Firm) -> None:
    subject = make_evening(firm, guests=2)
    Guest.objects.update(allows_pictures=True)
    people = list(Guest.objects.all())
    published(subject, firm, 2, tags="晚宴全景 乐队")
    _album, tagged = release(subject, firm, tag="乐队")
    _every, url = release(subject, firm)

    def statements(address: str) -> int:
        with CaptureQueriesContext(connection) as told:
            assert client.get(address).status_code == 200
        return len(told)

    client.get(url)
    few = statements(url)
    published(subject, firm, AT_ONCE, *people, tags="合影")
    many = statements(url)
    assert many <= few + 2, "who is in them, and what they said"
    page = client.get(url).text
    assert page.count("small.jpg") == AT_ONCE
    more = page.split("?before=")[1].split('"')[0]
    assert client.get(f"{url}?before={more}").text.count("small.jpg") == 2
    assert client.get(tagged).text.count("small.jpg") == 2
    assert client.get(f"{url}?before=%F0%9D%9F%99").status_code == 200


def test_guests_find_the_album_on_their_page_and_in_the_thanks_and_organisers_hand_it_on(
    client: Client, firm: Firm
) -> None:
    subject = make_evening(firm, guests=1)
    keep_page(subject=subject, values={"is_open": True}, actor=firm.owner)
    guest = Guest.objects.get()
    client.force_login(firm.owner)
    day = f"/s/{subject.pk}/day/?view=pictures"
    assert client.get(day).status_code == 200
    posted = {
        "title": "夜",
        "words": "",
        "tag": "",
        "expires_at": f"{clock.now() + timedelta(days=9):%Y-%m-%dT%H:%M}",
    }
    assert client.post(f"/s/{subject.pk}/albums/add/", posted | {"title": ""}).status_code == 422
    assert client.post(f"/s/{subject.pk}/albums/add/", posted | {"is_offered": "on"}).status_code == 302
    album = Album.objects.get()
    link = f"/pictures/{album.token.open()}/"
    assert link not in client.get(f"/g/{guest.token}/").text, "nothing is published yet"
    assert values_of(subject, [guest.pk])[guest.pk]["pictures"] == ""
    published(subject, firm)
    assert link in client.get(f"/g/{guest.token}/").text
    assert link in values_of(subject, [guest.pk])[guest.pk]["pictures"]
    shown = client.get(f"/s/{subject.pk}/albums/{album.pk}/")
    assert link in shown.text
    assert "no-store" in shown["Cache-Control"]
    assert link not in client.get(day).text, "the list of albums does not spell the secret"
    assert client.post(f"/s/{subject.pk}/albums/{album.pk}/revoke/").status_code == 302
    assert link not in client.get(f"/s/{subject.pk}/albums/{album.pk}/").text
    assert link not in client.get(f"/g/{guest.token}/").text
    client.force_login(firm.outsider)
    assert client.get(f"/s/{subject.pk}/albums/{album.pk}/").status_code in {403, 404}


def test_what_an_erased_guest_was_called_goes_from_the_shot_list_and_their_pictures_from_the_page(
    client: Client, firm: Firm
) -> None:
    subject = make_evening(firm, guests=1)
    customer = make_customer(firm, "周明远")
    Guest.objects.update(customer=customer, name="周明远", allows_pictures=True)
    guest = Guest.objects.get()
    (picture,) = published(subject, firm, 1, guest)
    _album, url = release(subject, firm)
    shot = actions.keep_shot(subject=subject, what="合影", actor=firm.owner, people="总经理、周明远")
    assert f"/{picture.pk}/" in client.get(url).text
    erase_customer(customer=customer, reason="本人要求", actor=firm.people[MARKETING_DIRECTOR])
    shot.refresh_from_db()
    assert shot.people == f"总经理、#{guest.pk}"
    assert f"/{picture.pk}/" not in client.get(url).text
    assert Consent.objects.filter(customer=customer, is_given=True).count() == 0


@pytest.mark.once
def test_the_page_knows_nothing_newer_than_chrome_75(client: Client, firm: Firm) -> None:
    subject = make_evening(firm, guests=0)
    published(subject, firm, 2)
    _album, url = release(subject, firm)
    page = client.get(url).text
    assert not faults(page, FORBIDDEN_SCRIPTS)
    assert set(re.findall(r'(?:href|src)="/static/([^"]+)"', page)) == {
        "events/guest.css",
        "programme/album.css",
    }
    shipped = (Path(__file__).parents[1] / "static/programme/album.css").read_text()
    assert faults(shipped, FORBIDDEN_STYLES) == []
    assert len(shipped) < 4000
