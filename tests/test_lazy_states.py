"""Migrations through models made when needed write the same SQL, and end in the same state, as through all models."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.apps import apps as registry
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.db.models import Q

from yunchou.config.lazy_states import LazyExecutor, LazyState


def _create(name: str, *fields: tuple[str, Any], **more: Any) -> migrations.CreateModel:
    return migrations.CreateModel(name, [("id", models.BigAutoField(primary_key=True)), *fields], **more)


def _seen_from_the_target(apps: Any, schema_editor: Any) -> None:
    assert {one.related_model.__name__ for one in apps.get_model("shop", "Unit")._meta.related_objects} == {
        "Person",
        "Badge",
    }


HISTORY = [
    _create("Unit", ("code", models.CharField(max_length=8, unique=True)), ("name", models.TextField())),
    _create(
        "Person",
        ("name", models.TextField()),
        ("above", models.ForeignKey("self", models.PROTECT, null=True)),
        ("unit", models.ForeignKey("shop.unit", models.PROTECT, to_field="code")),
    ),
    migrations.CreateModel(
        "Guest",
        [
            (
                "person_ptr",
                models.OneToOneField("shop.person", models.CASCADE, parent_link=True, primary_key=True),
            ),
            ("seats", models.IntegerField(default=1)),
        ],
        bases=("shop.person",),
    ),
    _create("Badge", ("unit", models.ForeignKey("shop.Unit", models.PROTECT)), ("n", models.IntegerField())),
    migrations.AddField("badge", "guests", models.ManyToManyField("shop.Guest")),
    migrations.AddField(
        "badge", "holder", models.ForeignKey("shop.Person", models.PROTECT, null=True, related_name="held")
    ),
    migrations.AddConstraint(
        "badge",
        models.CheckConstraint(condition=Q(holder__isnull=False) | Q(n__gt=0), name="badge_held_or_counted"),
    ),
    migrations.AddIndex("person", models.Index(fields=["unit", "name"], name="person_by_unit")),
    migrations.AlterField("unit", "name", models.CharField(max_length=80)),
    # Nobody has looked at people since: what they were is made before what they become.
    migrations.AlterField("person", "name", models.CharField(max_length=80, default="")),
    migrations.RunPython(_seen_from_the_target),
    # Columns that others point at: their type, their name, the name of their table.
    migrations.AlterField("unit", "code", models.CharField(max_length=20, unique=True)),
    migrations.RenameField("unit", "code", "key"),
    migrations.RenameModel("Unit", "Branch"),
    migrations.AlterField("branch", "id", models.AutoField(primary_key=True)),
    migrations.RemoveConstraint("badge", "badge_held_or_counted"),
    migrations.RemoveField("badge", "holder"),
    migrations.AddField("branch", "above", models.ForeignKey("shop.Branch", models.PROTECT, null=True)),
    migrations.DeleteModel("Badge"),
]


def _written(state: ProjectState) -> tuple[list[str], ProjectState]:
    # Django writes new names into the fields of a history; each run has its own.
    history = type("Migration", (migrations.Migration,), {"operations": copy.deepcopy(HISTORY)})(
        "0001_all", "shop"
    )
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        state = history.apply(state, editor)
    return editor.collected_sql, state


@pytest.mark.django_db(transaction=True)
def test_the_same_sql_and_the_same_state() -> None:
    usual, at_the_end = _written(ProjectState())
    lazy, state = _written(LazyState())
    # Tables that point at a changed column are made anew in any order, by Django too.
    assert sorted(lazy) == sorted(usual)
    assert state == at_the_end
    assert len(usual) > len(HISTORY)


def test_only_what_is_looked_at_and_what_it_leads_to_is_made() -> None:
    state = LazyState()
    for operation in HISTORY[:6]:
        operation.state_forwards("shop", state)
    before = state.clone()
    made = state.apps.all_models["shop"]
    assert set(made) == set()
    assert state.apps.get_model("shop.Guest")._meta.get_field("unit").remote_field.model.__name__ == "Unit"
    assert set(made) == {"guest", "person", "unit"}
    assert before.apps is state.apps, "as long as nothing has changed"
    migrations.RemoveField("person", "unit").state_forwards("shop", state)
    assert not hasattr(state.apps.get_model("shop", "person"), "unit")
    assert before.apps.get_model("shop", "person").unit.field.remote_field.model is made["unit"]
    with pytest.raises(LookupError):
        state.apps.get_model("shop", "nobody")


def test_all_models_are_those_of_the_state_and_none_may_lead_nowhere() -> None:
    state = LazyState()
    HISTORY[0].state_forwards("shop", state)
    HISTORY[1].state_forwards("shop", state)
    assert [model.__name__ for model in state.apps.get_models()] == ["Unit", "Person"]
    _create("Lost", ("of", models.ForeignKey("shop.Nobody", models.PROTECT))).state_forwards("shop", state)
    with pytest.raises(ValueError, match="nobody"):
        state.clear_delayed_apps_cache()


@pytest.mark.django_db
def test_migrate_goes_this_way() -> None:
    from django.core.management import get_commands

    assert get_commands()["migrate"] == registry.get_app_config("config").name
    said: list[str] = []
    executor = LazyExecutor(connection, lambda action, *_of: said.append(action))
    assert isinstance(executor._create_project_state(), LazyState)
    executor.progress_callback("render_start")
    executor.progress_callback("apply_start", None, False)
    assert said == ["apply_start"]
