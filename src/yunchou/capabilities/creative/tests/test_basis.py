"""What a plan rests on: profile and analysis, channels that suit its audience, forms that are combined."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.creative import actions
from yunchou.capabilities.creative.models import ActivityForm, AudienceGroup, Study
from yunchou.capabilities.creative.plans import module_named, plan
from yunchou.capabilities.creative.selectors.basis import basis_of, grades_of_forms, suggestions_of
from yunchou.capabilities.creative.standard import FORMS, GROUPS, lay_down
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import Stale
from yunchou.lifecycle.campaigns.models import Campaign, Kind, Status

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def page(client: Client, subject: Subject) -> str:
    return client.get(reverse("creative:board", args=[subject.pk, "basis"])).content.decode()


@pytest.mark.req("CRE-05", whole=True)
def test_the_table_of_channels_is_maintained_and_suggests(
    firm: Firm, subject: Subject, client: Client
) -> None:
    assert {name: channels for name, _words, channels in GROUPS} == {
        "学生": ("抖音", "小红书", "校园社群"), "职场人士": ("公众号", "领英", "线下沙龙"),
    }  # fmt: skip
    lay_down(AudienceGroup, ActivityForm)
    lay_down(AudienceGroup, ActivityForm)
    assert AudienceGroup.objects.count() == 2
    [found] = suggestions_of(subject)
    assert (found.group.name, found.named, found.missing) == ("学生", ("抖音",), ("小红书", "校园社群"))
    client.force_login(firm.owner)
    assert "小红书、校园社群" in page(client, subject)
    take = reverse("creative:channels_take", args=[subject.pk, found.group.pk])
    assert client.post(take).status_code == 302
    mix = module_named(subject, "渠道组合")
    assert mix is not None
    assert mix.content == "抖音、社群\n小红书、校园社群"
    assert client.post(take).status_code == 409
    # Maintained by who keeps it, nobody else; an older form does not write over a newer one.
    add = reverse("creative:group_add")
    assert client.post(add, {"name": "银发族", "words": "退休\n长者", "channels": ""}).status_code == 422
    assert client.post(add, {"name": "学生", "channels": "抖音"}).status_code == 422
    assert (
        client.post(add, {"name": "银发族", "words": "退休\n长者", "channels": "微信群\n社区"}).status_code
        == 302
    )
    group = AudienceGroup.objects.get(name="银发族")
    assert group.is_meant_by("社区长者")
    seen = actions.group_stamp(group)
    change = reverse("creative:group_change", args=[group.pk])
    assert client.post(change, {"name": "银发族", "channels": "电视", "seen": seen}).status_code == 302
    with pytest.raises(Stale):
        actions.keep_group(name="银发", words=[], channels=["报纸"], group=group, seen=seen, actor=firm.owner)
    with pytest.raises(NotAllowed):
        actions.keep_group(name="亲子", words=[], channels=["社区"], actor=firm.colleague)
    assert client.post(reverse("creative:group_drop", args=[group.pk])).status_code == 302
    assert "银发族" not in client.get(reverse("creative:library")).content.decode()
    kinds = JournalEntry.objects.values_list("kind", flat=True)
    assert {"creative.group_kept", "creative.group_dropped", "creative.channels_taken"} <= set(kinds)


@pytest.mark.req("CRE-01", whole=True)
def test_the_plan_links_audience_profile_and_competitor_analysis(
    firm: Firm, subject: Subject, client: Client
) -> None:
    client.force_login(firm.owner)
    assert basis_of(subject).lacks == ["用户画像", "竞品分析"]
    profile = {
        "name": "高校新生", "unit": firm.east.pk, "as_of": "2024-06-30", "source": "会员系统与问卷", "age": "18–22 岁",
        "preferences": "颜值与社交", "habits": "月均 1,500 元，八成线上",
    }  # fmt: skip
    address = reverse("creative:study_add", args=["profile"])
    assert client.get(address).status_code == 200
    for name in ("age", "preferences", "habits", "source"):
        assert client.post(address, {**profile, name: ""}).status_code == 422
    assert client.post(address, {**profile, "as_of": "2024-08-03"}).status_code == 422
    assert client.post(address, profile).status_code == 302
    rival = actions.keep_study(
        unit=firm.east, actor=firm.owner,
        studied=actions.Studied(
            "competitor", "邻家优选", Study.objects.get().as_of, "门店走访",
            {"offer": "新生礼包五折", "strengths": "门店多", "answer": "主打体验与售后"},
        ),
    )  # fmt: skip
    with pytest.raises(Invalid):
        actions.keep_study(
            unit=firm.east, actor=firm.owner,
            studied=actions.Studied("competitor", "邻家", rival.as_of, "走访", {"offer": "礼包"}),
        )  # fmt: skip
    known = Study.objects.get(kind="profile")
    link = reverse("creative:study_link", args=[subject.pk])
    for one in (known, rival):
        assert client.post(link, {"study": one.pk}).status_code == 302
    assert basis_of(subject).lacks == []
    shown = page(client, subject)
    for words in ("18–22 岁", "颜值与社交", "月均 1,500 元", "邻家优选", "主打体验与售后"):
        assert words in shown, words
    # Another region's plans do not rest on it, nor see it.
    with pytest.raises(NotAllowed):
        actions.link_study(study=known, subject=subject, actor=firm.outsider)
    client.force_login(firm.outsider)
    assert "高校新生" not in client.get(reverse("creative:library")).content.decode()
    assert client.get(reverse("creative:study_change", args=[known.pk])).status_code == 404
    actions.unlink_study(study=known, subject=subject, actor=firm.owner)
    assert basis_of(subject).lacks == ["用户画像"]


@pytest.mark.req("CRE-04", whole=True)
def test_forms_are_combined(firm: Firm, subject: Subject, client: Client) -> None:
    lay_down(AudienceGroup, ActivityForm)
    named = [name for name, _is_high_end in FORMS]
    assert named == [
        "直播", "社群裂变", "快闪店", "体验活动", "异业合作", "广告宣传", "社交互动", "促销", "体验式营销",
        "讲座", "分享会", "交流会", "实地参观",
    ]  # fmt: skip
    Campaign.objects.filter(pk=subject.pk).update(forms=["线下"])
    client.force_login(firm.owner)
    choose = reverse("creative:forms_choose", args=[subject.pk])
    offered = client.get(choose).content.decode()
    assert 'value="直播"' in offered
    assert 'value="讲座"' not in offered
    assert client.post(choose, {"forms": ["快闪店", "直播"]}).status_code == 302
    assert plan(subject).forms == ("线下", "快闪店", "直播")
    actions.choose_forms(subject=subject, forms=["直播", "异业合作"], actor=firm.owner)
    assert plan(subject).forms == ("线下", "直播", "异业合作")
    with pytest.raises(Invalid):
        actions.choose_forms(subject=subject, forms=["放烟花"], actor=firm.owner)
    # High-end events are offered theirs; the list is data.
    Campaign.objects.filter(pk=subject.pk).update(kind=Kind.HIGH_END)
    assert 'value="实地参观"' in client.get(choose).content.decode()
    assert client.post(reverse("creative:form_add"), {"name": "露营"}).status_code == 302
    actions.choose_forms(subject=subject, forms=["露营", "讲座"], actor=firm.owner)
    assert plan(subject).forms == ("线下", "露营", "讲座")
    assert "露营" in page(client, subject)
    Campaign.objects.filter(pk=subject.pk).update(status=Status.CLOSED)
    with pytest.raises(WrongState):
        actions.choose_forms(subject=subject, forms=["直播"], actor=firm.owner)


@pytest.mark.req("TYP-07")
def test_standard_forms_keep_their_names_and_go_out_of_use_at_most(
    firm: Firm, subject: Subject, client: Client
) -> None:
    lay_down(AudienceGroup, ActivityForm)
    Campaign.objects.filter(pk=subject.pk).update(kind=Kind.HIGH_END, forms=["高端论坛"])
    forum = ActivityForm.objects.get(name="高端论坛")
    client.force_login(firm.owner)
    change = reverse("creative:form_change", args=[forum.pk])
    assert "readonly" in client.get(change).content.decode()
    seen = actions.form_stamp(forum)
    kept = {"name": "高端论坛", "is_high_end": "on", "seen": seen}
    assert client.post(change, {**kept, "name": "论坛"}).status_code == 422
    assert client.post(reverse("creative:form_drop", args=[forum.pk])).status_code in {302, 409}
    assert ActivityForm.objects.filter(pk=forum.pk).exists()
    assert client.post(change, {**kept, "lowest_grade": "high_end"}).status_code == 302
    with pytest.raises(Stale):
        actions.keep_form(name="高端论坛", is_high_end=True, form=forum, seen=seen, actor=firm.owner)
    library = client.get(reverse("creative:library")).content.decode()
    assert "不再提供" in library
    assert "及以上" in library
    choose = reverse("creative:forms_choose", args=[subject.pk])
    offered = client.get(choose).content.decode()
    assert 'value="高端论坛"' in offered  # it has it, and keeps it
    Campaign.objects.filter(pk=subject.pk).update(forms=[])
    assert 'value="高端论坛"' not in client.get(choose).content.decode()
    own = actions.keep_form(name="露营", is_high_end=True, lowest_grade="key", actor=firm.owner)
    Campaign.objects.filter(pk=subject.pk).update(forms=["露营"])
    change = reverse("creative:form_change", args=[own.pk])
    assert "readonly" in client.get(change).content.decode()
    renamed = {
        "name": "星空露营", "is_high_end": "on", "lowest_grade": "key", "is_used": "on", "seen": actions.form_stamp(own)
    }  # fmt: skip
    assert client.post(change, renamed).status_code == 422
    assert client.post(change, {**renamed, "lowest_grade": ""}).status_code == 422
    assert grades_of_forms(plan(subject).forms) == {"key"}
    with pytest.raises(WrongState):
        actions.drop_form(form=own, actor=firm.owner)
    own = actions.keep_form(name="露营", is_high_end=True, form=own, actor=firm.owner)
    actions.drop_form(form=own, actor=firm.owner)
    assert not ActivityForm.objects.filter(name="露营").exists()
