"""Sign-in, sign-out, a new password with a slip of paper, and a change of one's own."""

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.core.org import actions as org
from luoshi.kit.errors import Refused


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else "home"


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    refusal = None
    if request.method == "POST":
        account = authenticate(
            request,
            username=request.POST.get("username", "").strip().lower(),
            password=request.POST.get("password", ""),
        )
        if account is not None:
            login(request, account)
            return redirect("password" if account.must_change_password else _next(request))
        refusal = Refused("signin.wrong", "账号或密码不对。", "请核对后重试；忘记密码请向数据岗领取重置单。")
    context = {"refusal": refusal, "next": request.GET.get("next", request.POST.get("next", ""))}
    return render(request, "signin.html", context, status=200 if refusal is None else 401)


def locked_out(request: HttpRequest, credentials: dict[str, str], *args: object, **kwargs: object) -> HttpResponse:
    """After five wrong passwords from one place for one account: a quarter of an hour's rest."""
    refusal = Refused("signin.locked", "密码连续输错五次，账号暂停登录十五分钟。", "请稍后再试，或向数据岗领取重置单。")
    return render(request, "signin.html", {"refusal": refusal}, status=429)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("front")


@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    refusal = None
    if request.method == "POST":
        try:
            org.use_reset_slip(
                username=request.POST.get("username", ""),
                code=request.POST.get("code", ""),
                password=request.POST.get("password", ""),
                at=timezone.now(),
            )
            return redirect("signin")
        except Refused as said:
            refusal = said
    typed = {name: request.POST.get(name, "") for name in ("username", "code")}
    return render(request, "reset.html", {"refusal": refusal, **typed}, status=200 if refusal is None else 409)


@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    if not request.actor.is_person:
        return redirect("signin")
    refusal = None
    if request.method == "POST":
        try:
            org.change_password(
                request.user,
                old=request.POST.get("old", ""),
                new=request.POST.get("password", ""),
                at=timezone.now(),
            )
            request.user.refresh_from_db()
            update_session_auth_hash(request, request.user)
            return redirect("home")
        except Refused as said:
            refusal = said
    return render(request, "password.html", {"refusal": refusal}, status=200 if refusal is None else 409)
