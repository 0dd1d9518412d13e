"""Migrating at the cost of what changes: models of a state are made when a migration looks at them, not all of them each time.

Between two operations Django makes the classes of every model that is related to a changed one, however far; here nearly all
are, so that a first migration spent most of its minutes on classes that nobody looked at. Here a registry belongs to one state
of the project, and makes a model, with those its foreign keys lead to, when somebody asks for it. Whoever needs relations from
the other side, or all models (data migrations, what runs after migrating), gets all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import AppConfigStub, ModelState, ProjectState, StateApps
from django.db.migrations.utils import field_is_referenced
from django.db.models import Field

Key = tuple[str, str]


class LazyApps(StateApps):
    """The models of one state of the project, which does not change any more."""

    def __init__(self, real_apps: set[str], models: dict[Key, ModelState]) -> None:
        super().__init__(sorted(real_apps), {})
        self._waiting = {key: state.clone() for key, state in models.items()}
        for label in {label for label, _name in models} - self.app_configs.keys():
            self.app_configs[label] = stub = AppConfigStub(label)
            stub.apps = self
            stub.import_models()

    def get_model(self, app_label: str, model_name: str | None = None, require_ready: bool = True) -> Any:
        label, name = (app_label, model_name) if model_name else app_label.split(".")
        self.make([(label, name.lower())])
        return super().get_model(label, name, require_ready)

    def get_models(self, include_auto_created: bool = False, include_swapped: bool = False) -> Any:
        """All models; those made already, where Django asks for auto-created ones too: so it looks for relations from the other
        side, whenever a name is unknown on this one. Operations for which they count complete the registry before."""
        if not include_auto_created:
            self.complete()
        return [
            model
            for model in self._made()
            if (include_auto_created or not model._meta.auto_created)
            and (include_swapped or not model._meta.swapped)
        ]

    def complete(self) -> None:
        """Make all that are not made yet. ValueError where one refers to a model that there is not."""
        if self._waiting:
            self.make(list(self._waiting))
            if self._pending_operations:
                raise ValueError(f"nobody defines {sorted(self._pending_operations)}")

    def clear_cache(self) -> None:
        if self.ready:  # not after each of many
            for model in self._made():
                model._meta._expire_cache()

    def _made(self) -> list[Any]:
        return [model for models in self.all_models.values() for model in models.values()]

    def make(self, keys: Iterable[Key]) -> None:
        """These models, and then those that they wait for."""
        while found := [self._waiting.pop(key) for key in keys if key in self._waiting]:
            self.render_multiple(found)
            keys = list(self._pending_operations)


class LazyState(ProjectState):
    """A state of the project whose registry is begun anew after a change, and shared with its copies until then."""

    _apps: LazyApps | None = None

    @property
    def apps(self) -> LazyApps:
        if self._apps is None:
            self._apps = LazyApps(self.real_apps, self.models)
        return self._apps

    @apps.deleter
    def apps(self) -> None:
        self._apps = None

    def clone(self) -> LazyState:
        copied = LazyState({key: state.clone() for key, state in self.models.items()}, self.real_apps)
        copied._apps = self.apps
        return copied

    def clear_delayed_apps_cache(self) -> None:
        """Asked before anybody may look at anything."""
        self.apps.complete()

    def add_model(self, model_state: ModelState) -> None:
        super().add_model(model_state)
        del self.apps

    def remove_model(self, app_label: str, model_name: str) -> None:
        super().remove_model(app_label, model_name)
        del self.apps

    def alter_field(
        self, app_label: str, model_name: str, name: str, field: Field[Any, Any], preserve_default: bool
    ) -> None:
        is_target = field_is_referenced(self, (app_label, model_name), (name, field))
        with self._whole() if is_target else nullcontext():
            super().alter_field(app_label, model_name, name, field, preserve_default)

    def rename_field(self, app_label: str, model_name: str, old_name: str, new_name: str) -> None:
        with self._whole():
            super().rename_field(app_label, model_name, old_name, new_name)

    def rename_model(self, app_label: str, old_name: str, new_name: str) -> None:
        with self._whole():
            super().rename_model(app_label, old_name, new_name)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """All models before a change and after it, since others that refer to what it changes are changed along with it."""
        self.apps.complete()
        yield
        self.apps.complete()

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        self.reload_models([(app_label, model_name)])

    def reload_models(self, models: Iterable[Key], delay: bool = True) -> None:
        # The models as they were come first: a table that SQLite makes anew has its columns in the order of their making.
        if self._apps:
            self._apps.make(models)
        del self.apps


class LazyExecutor(MigrationExecutor):
    """Migrates through states whose models are made when needed."""

    def __init__(self, connection: Any, progress_callback: Callable[..., None] | None = None) -> None:
        def told(action: str, *of: Any) -> None:
            if progress_callback and not action.startswith("render_"):  # nothing is made ahead
                progress_callback(action, *of)

        super().__init__(connection, told)

    def _create_project_state(self, with_applied_migrations: bool = False) -> LazyState:
        found = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]
        return LazyState(found.models, found.real_apps)
