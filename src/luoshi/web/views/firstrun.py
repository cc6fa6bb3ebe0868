"""The first-run page: founds the town and its first account, and is gone afterwards."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from luoshi.core.org import queries as org
from luoshi.core.org.actions.founding import begin_town
from luoshi.core.org.rules import system
from luoshi.kit.errors import Refused
from luoshi.web import firstrun

FIELDS = ("name", "code", "office_name", "person_name", "username")
LONGEST = 200


@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """What ``init`` asks, in a browser. For who has the word from the server; 404 as soon as there is a town."""
    if org.towns().exists():
        raise Http404
    typed = {name: request.POST.get(name, "")[:LONGEST] for name in FIELDS}
    refusal = None
    if request.method == "POST":
        try:
            _found(request, typed)
            firstrun.forget_token()
            messages.success(request, "乡镇已建好，请用刚才的账号登录，接着建单位、加人员。")
            return redirect("signin")
        except Refused as said:
            refusal = said
    else:
        typed["office_name"] = "党政综合办公室"
        firstrun.token()
    context = {"refusal": refusal, "typed": typed, "token": request.POST.get("token", "")[:LONGEST]}
    return render(request, "firstrun.html", context, status=200 if refusal is None else 409)


def _found(request: HttpRequest, typed: dict[str, str]) -> None:
    if not firstrun.is_token(request.POST.get("token", "")[:LONGEST]):
        raise Refused(
            "start.token",
            "启动口令不对。",
            "口令在服务器的 var/first-run-token 文件里，运行 ./luoshi serve 时也会显示。",
            field="token",
        )
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        raise Refused("start.again", "两次输入的密码不一样。", "请重新输入。", field="again")
    begin_town(**typed, password=password, by=system("start"), at=timezone.now())
