import pytest
from django import forms
from django.contrib.auth.models import Permission

FAR = 2**63


@pytest.mark.django_db
@pytest.mark.parametrize("number", [FAR, 10**40, -FAR - 1])
def test_a_number_no_column_can_hold_is_equal_to_nothing(number: int) -> None:
    some = Permission.objects.order_by("pk")[0]
    asked = Permission.objects.order_by("pk")
    assert list(asked.filter(pk__in=[number, some.pk])) == [some]
    assert list(asked.filter(content_type__in=[number])) == []
    assert list(asked.filter(content_type__pk__in=[number, some.content_type_id])) != []
    assert list(asked.filter(content_type=number)) == []
    assert list(asked.filter(content_type_id=number)) == []
    assert (
        asked.exclude(pk__in=[number]).count() == asked.exclude(content_type=number).count() == asked.count()
    )


@pytest.mark.django_db
def test_the_greatest_number_a_column_can_hold_is_asked_for() -> None:
    assert list(Permission.objects.filter(pk__in=[FAR - 1, -FAR])) == []
    assert "9223372036854775807" in str(Permission.objects.filter(pk__in=[FAR - 1]).query)


@pytest.mark.django_db
def test_a_choice_beyond_every_column_is_a_wrong_choice() -> None:
    field = forms.ModelMultipleChoiceField(Permission.objects.all())
    with pytest.raises(forms.ValidationError) as refused:
        field.clean([str(10**30)])
    assert refused.value.code == "invalid_choice"
