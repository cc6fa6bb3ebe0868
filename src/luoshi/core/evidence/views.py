"""A file handed out to who may see it."""

from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from luoshi.core.evidence import queries, rules, storage
from luoshi.core.org.doors import actor_of_request

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The file, to be kept and not run: pictures are shown, everything else is saved. 404 for who may not see it.

    Who is not signed in is sent to sign in, whether the file exists or not.
    """
    actor = actor_of_request(request)
    item = queries.visible(pk, actor)
    if item is None or item.file is None:
        if not actor.is_person:
            return redirect(f"{reverse('signin')}?{urlencode({'next': request.get_full_path()})}")
        raise Http404
    kind = rules.BY_MEDIA_TYPE.get(item.file.media_type)
    try:
        file = storage.path_of(item.file.sha256).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        file,
        as_attachment=kind is None or not kind.is_image,
        filename=item.name,
        content_type=kind.media_type if kind else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    return response
