"""The bare person, the tree of units as the kernel needs it, and who holds which position where."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.search import full_pinyin, initials, syllable_key


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save()
        return user

    def active(self) -> models.QuerySet[User]:
        return self.filter(is_active=True)


class User(AbstractBaseUser):
    """A person who signs in. What a person may do comes from appointments (see `access`), never from the row itself."""

    class Theme(models.TextChoices):
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")
        SYSTEM = "system", _("Follow system")

    username = models.CharField(_("user name"), max_length=60, unique=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    name_pinyin = models.CharField(max_length=120, blank=True, editable=False)
    name_initials = models.CharField(max_length=30, blank=True, editable=False, db_index=True)
    name_key = models.CharField(max_length=400, blank=True, editable=False)
    # As personnel counts people; lists are updated by it, since a name may change and a user name need not be known.
    employee_no = models.CharField(_("employee number"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    theme = models.CharField(_("theme"), max_length=10, choices=Theme, default=Theme.LIGHT)
    joined_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    # Django's own views and allauth ask for these; we have no superuser by design (separation of duties).
    is_staff = False
    is_superuser = False

    class Meta:
        verbose_name = _("person")
        constraints = [
            models.UniqueConstraint(
                fields=["employee_no"], condition=~Q(employee_no=""), name="employee_no_once"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_pinyin = full_pinyin(self.name)[:120]
        self.name_initials = initials(self.name)[:30]
        self.name_key = syllable_key(self.name)[:400]
        super().save(*args, **kwargs)

    @property
    def surname(self) -> str:
        """The first character, which is what an avatar shows."""
        return (self.name or self.username)[:1]

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """Whether this person holds the right, anywhere or for `obj`."""
        if not self.is_active:
            return False
        asked = cast(models.Model | None, obj)
        return any(b.has_perm(self, perm, asked) for b in get_backends() if hasattr(b, "has_perm"))

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Unit(models.Model):
    """A place in the organisation: group, region, project, or a department attached to one of them (ORG-01)."""

    class Kind(models.TextChoices):
        GROUP = "group", _("Group")
        REGION = "region", _("Regional company")
        PROJECT = "project", _("Project")
        DEPARTMENT = "department", _("Department")

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_key = models.CharField(max_length=400, blank=True, editable=False)
    path = models.CharField(max_length=400, editable=False, db_index=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ("path",)
        verbose_name = _("organisation unit")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep `path` ("/1/5/"), by which everything below a unit is found with one prefix."""
        self.name_key = syllable_key(self.name)[:400]
        above = self.parent.path if self.parent else "/"
        if self.pk is None:
            super().save(*args, **kwargs)
            kwargs = {}
            args = ()
        self.path = f"{above}{self.pk}/"
        super().save(*args, **kwargs)

    def contains(self, other: Unit) -> bool:
        """Whether `other` is this unit or lies below it."""
        return other.path.startswith(self.path)

    @property
    def ancestor_ids(self) -> list[int]:
        """Own id and those above, nearest first."""
        return [int(part) for part in reversed(self.path.strip("/").split("/"))]


class Position(models.Model):
    """A job or an approval role with a default set of rights (ORG-06, ORG-08)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "code")
        verbose_name = _("position")

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def valid(self, on: date | None = None) -> AppointmentQuerySet:
        """Those in force on a day (default today) of people who are still here."""
        day = on or clock.today()
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
            user__is_active=True,
        )


class Appointment(models.Model):
    """A person holds a position in a unit for a time; a deputy holds it for somebody else (ORG-08)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="appointments", verbose_name=_("person"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="appointments", verbose_name=_("unit"))
    position = models.ForeignKey(
        Position, models.PROTECT, related_name="appointments", verbose_name=_("position")
    )
    is_deputy = models.BooleanField(_("deputy"), default=False)
    # Of several posts the one a person is known by; at most one, never a deputy's.
    is_main = models.BooleanField(_("main post"), default=False)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)
    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ("unit__path", "position__order", "is_deputy", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "position", "is_deputy"], name="appointment_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=models.F("valid_from")),
                name="appointment_period",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_main=True), name="appointment_one_main_post"
            ),
            models.CheckConstraint(
                condition=Q(is_main=False) | Q(is_deputy=False), name="appointment_main_is_own"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.unit} {self.position}"
