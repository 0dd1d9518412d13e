"""Papers of a supplier: filed, renewed, removed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.ui.dialogs import go
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import DocumentForm
from ..models import Supplier, SupplierDocument
from ..permissions import Perm
from .shared import dialog, supplier_or_404


def _document(request: SignedInRequest, pk: int) -> SupplierDocument:
    """A present paper of a supplier that the person sees."""
    seen = Supplier.objects.visible_to(request.user)
    found = SupplierDocument.objects.filter(removed_at=None, supplier__in=seen)
    return get_object_or_404(found.select_related("supplier__subject__unit", "attachment"), pk=pk)


def _file(request: SignedInRequest, supplier: Supplier, renewed: SupplierDocument | None) -> HttpResponse:
    form = DocumentForm(request.POST or None, request.FILES or None, renewed=renewed)

    def save() -> str:
        actions.add_document(supplier=supplier, replaces=renewed, actor=request.user, **form.cleaned_data)
        toast(request, _("Document filed"))
        return f"{supplier.get_absolute_url()}#documents"

    title = _("Renew a document") if renewed else _("File a document")
    return dialog(request, form, title, pgettext("document", "File"), save, back=supplier.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.MANAGE)
def document_add(request: SignedInRequest, pk: int) -> HttpResponse:
    return _file(request, supplier_or_404(request, pk, Perm.MANAGE), None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.MANAGE)
def document_renew(request: SignedInRequest, pk: int) -> HttpResponse:
    document = _document(request, pk)
    return _file(request, supplier_or_404(request, document.supplier_id, Perm.MANAGE), document)


@require_POST
@needs(Perm.MANAGE)
def document_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    document = _document(request, pk)
    actions.remove_document(document=document, actor=request.user)
    toast(request, _("Document removed"))
    return go(request, f"{document.supplier.get_absolute_url()}#documents")
