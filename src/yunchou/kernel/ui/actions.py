"""The two things the shell itself writes: how a person wants to see the product."""

from __future__ import annotations

from yunchou.kernel.identity.models import User


def set_preference(*, actor: User, theme: str = "", language: str = "") -> User:
    """Keep the person's theme or language on their own row. Unknown values are ignored; nothing is journalled."""
    changed = []
    if theme in User.Theme.values:
        actor.theme = theme
        changed.append("theme")
    if language in dict(User._meta.get_field("language").flatchoices):
        actor.language = language
        changed.append("language")
    if changed:
        User.objects.filter(pk=actor.pk).update(**{name: getattr(actor, name) for name in changed})
    return actor
