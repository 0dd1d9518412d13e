"""Codes, accounts and names, without a database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yunchou.directory.suppliers import bank, codes
from yunchou.directory.suppliers.similar import Named, alike, core

# Published codes of well-known companies: the check character must come out as printed on their licences.
PUBLISHED = ("91330100799655058B", "9144030071526726XG", "914403001922038216", "91110108551385082Q")


def test_published_codes_are_right() -> None:
    assert [codes.fault_in(code) for code in PUBLISHED] == [None] * len(PUBLISHED)
    assert codes.fault_in(codes.tidy(" ９133-0100 7996 5505 8b ")) is None


@given(
    st.text(codes.ALPHABET[:10], min_size=6, max_size=6),
    st.text(codes.ALPHABET, min_size=9, max_size=9),
    st.data(),
)
def test_a_mistyped_character_is_noticed(division: str, body: str, data: st.DataObject) -> None:
    """The check character catches every single mistake, since 31 is prime."""
    start = f"91{division}{body}"
    code = start + codes.check_character(start)
    assert codes.fault_in(code) is None
    place = data.draw(st.integers(0, 17))
    other = data.draw(st.sampled_from([char for char in codes.ALPHABET if char != code[place]]))
    assert codes.fault_in(code[:place] + other + code[place + 1 :]) is not None


def test_a_fault_names_its_character() -> None:
    told = {
        "9133010079965505": "has 18 characters; these are 16",
        "9133O100799655058B": "Character 5 is the letter “O”, which no such code contains; is it “0”?",
        "91330A00799655058B": "Character 6 is “A”; characters 3 to 8 are the figures",
        "91330100799655058!": "Character 18 is “!”; only figures and capital letters",
        "91330100799655058C": "after 91330100799655058 it would be “B”, not “C”",
    }
    for code, words in told.items():
        assert words in str(codes.fault_in(code))


def test_an_account_is_sealed_and_told_from_others() -> None:
    account = bank.tidy("6222 0202-0011 2233 445")
    first, second = bank.seal(account), bank.seal(account)
    assert first.sealed != second.sealed, "the same account does not look the same in the database"
    assert first.digest == second.digest
    assert account.encode() not in first.sealed
    assert bank.unseal(first.key, first.sealed) == account
    assert first.masked == "•••• 3445"
    assert bank.seal("") == bank.NO_ACCOUNT
    assert bank.unseal(b"", b"") == ""
    for wrong in ("1234567", "1" * 33, "6222A20200112233"):
        assert bank.fault_in(wrong)
    assert bank.masked_phone("13812346677") == "138••••6677"
    assert (bank.masked_phone("1234"), bank.masked_phone("")) == (bank.HIDDEN, "")


def test_names_of_one_company_are_found_alike() -> None:
    register = [
        Named(1, "广州市印象图文制作有限公司"),
        Named(2, "上海恒达物流集团有限公司"),
        Named(3, "北京抖音信息服务有限公司"),
        Named(4, "公司"),
    ]
    assert core("广州市印象图文制作有限公司") == "广州印象图文制作"
    found = {
        "广州印象图文制作": (1, "the same name apart from legal form and place"),
        "印象图文": (1, "one name contains the other"),
        "广州音像图文制作": (1, "sounds the same"),
        "上海恒通物流": (2, "nearly the same characters"),
    }
    for name, (pk, why) in found.items():
        first = alike(name, register)[0]
        assert (first.pk, str(first.why)) == (pk, why)
    assert alike("成都老友记火锅", register) == []
    assert alike("有限公司", register) == []
