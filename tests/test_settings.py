"""What the environment says: the address of a database, the keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from yunchou.config import settings
from yunchou.config.settings import _apart_keys, _database


def test_statements_are_planned_once_unless_a_pooler_hands_out_connections() -> None:
    direct = _database("postgresql://yun:geheim%21@db.example:6432/yunchou?sslmode=require")
    assert (direct["HOST"], direct["PORT"], direct["PASSWORD"]) == ("db.example", "6432", "geheim!")
    assert direct["OPTIONS"]["sslmode"] == "require"
    assert direct["OPTIONS"]["prepare_threshold"] == 5
    assert (direct["CONN_MAX_AGE"], direct["DISABLE_SERVER_SIDE_CURSORS"]) == (60, False)

    pooled = _database("postgresql://yun@/yunchou?host=/run/postgresql&pooled=yes")
    assert pooled["HOST"] == "/run/postgresql"
    assert pooled["OPTIONS"]["prepare_threshold"] is None
    assert "pooled" not in pooled["OPTIONS"]
    assert (pooled["CONN_MAX_AGE"], pooled["DISABLE_SERVER_SIDE_CURSORS"]) == (0, True)


def test_keys_of_important_customers_that_were_made_go_on_opening_when_others_are_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Begun without settings, given a secret later: what was sealed under the file is not lost by it."""
    monkeypatch.setattr(settings, "VAR", tmp_path)
    for name in ("YUNCHOU_SECRET", "YUNCHOU_APART_KEYS"):
        monkeypatch.delenv(name, raising=False)
    [made] = _apart_keys()
    assert _apart_keys() == [made]
    monkeypatch.setenv("YUNCHOU_SECRET", "given")
    assert _apart_keys() == ["apart given", made]
    monkeypatch.setenv("YUNCHOU_APART_KEYS", "own,older")
    assert _apart_keys() == ["own", "older", made]
    monkeypatch.setenv("YUNCHOU_APART_KEYS", f"own,{made}")
    assert _apart_keys() == ["own", made]
    (tmp_path / "secret-apart").unlink()
    assert _apart_keys() == ["own", made]
    monkeypatch.delenv("YUNCHOU_APART_KEYS")
    assert _apart_keys() == ["apart given"]
    assert not (tmp_path / "secret-apart").exists()
