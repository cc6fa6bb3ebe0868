"""Sign-in, sign-out, a new password with a slip of paper, and a change of one's own."""

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.core.org import actions as org
from luoshi.core.org.models import Account
from luoshi.kit.errors import Refused
from luoshi.kit.text import clean

MOST = 128
"""Characters of a name or code that are read; none has more."""


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else "home"


def _name(request: HttpRequest) -> str:
    return clean(request.POST.get("username", "")).lower()[:MOST]


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    refusal = None
    if request.method == "POST":
        account = authenticate(
            request,
            username=_name(request),
            password=request.POST.get("password", ""),
        )
        if account is not None:
            login(request, account)
            return redirect("password" if account.must_change_password else _next(request))
        refusal = Refused("signin.wrong", "账号或密码不对。", "请核对后重试；忘记密码请向数据岗领取重置单。")
    target = request.GET.get("next", request.POST.get("next", ""))
    context = {"refusal": refusal, "next": target, "username": _name(request)}
    return render(request, "signin.html", context, status=200 if refusal is None else 401)


def locked_out(request: HttpRequest, credentials: dict[str, str], *args: object, **kwargs: object) -> HttpResponse:
    """After five wrong passwords from one place for one account: a quarter of an hour's rest."""
    refusal = Refused("signin.locked", "密码连续输错五次，账号暂停登录十五分钟。", "请稍后再试，或向数据岗领取重置单。")
    context = {"refusal": refusal, "next": request.POST.get("next", ""), "username": _name(request)}
    return render(request, "signin.html", context, status=429)


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
                username=_name(request),
                code=clean(request.POST.get("code", ""))[:MOST],
                password=request.POST.get("password", ""),
                at=timezone.now(),
            )
            messages.success(request, "新密码已设好，请登录。")
            return redirect("signin")
        except Refused as said:
            refusal = said
    typed = {"username": _name(request), "code": clean(request.POST.get("code", ""))[:MOST]}
    return render(request, "reset.html", {"refusal": refusal, **typed}, status=200 if refusal is None else 409)


@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    account = request.user
    if not isinstance(account, Account):
        return redirect("signin")
    refusal = None
    if request.method == "POST":
        try:
            org.change_password(
                account,
                old=request.POST.get("old", ""),
                new=request.POST.get("password", ""),
                at=timezone.now(),
            )
            account.refresh_from_db()
            update_session_auth_hash(request, account)
            messages.success(request, "密码已更改，下次登录用新密码。")
            return redirect("home")
        except Refused as said:
            refusal = said
    return render(request, "password.html", {"refusal": refusal}, status=200 if refusal is None else 409)
