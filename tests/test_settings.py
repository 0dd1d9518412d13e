"""What the address of a database says."""

from __future__ import annotations

from yunchou.config.settings import _database


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
