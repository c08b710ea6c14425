"""Sign-in and password forms, with messages that say what to do."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _

SIGN_IN_ERRORS = {
    "invalid_login": _(
        "利用者名かパスワードが違います。大文字・小文字や全角・半角を確かめて、もう一度入力してください。"
    ),
    "inactive": _("この利用者は使えなくなっています。情報システムの担当にお問い合わせください。"),
}
PASSWORD_ERRORS = {
    "password_incorrect": _("今のパスワードが違います。もう一度入力してください。"),
    "password_mismatch": _("新しいパスワードが2回で違います。同じものを2回入力してください。"),
}


class SignInForm(AuthenticationForm):
    """User name and password."""

    error_messages = SIGN_IN_ERRORS  # type: ignore[assignment]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["username"].label = _("利用者名")
        self.fields["password"].label = _("パスワード")


class PasswordForm(PasswordChangeForm):
    """The password now and twice the new one."""

    error_messages = PASSWORD_ERRORS  # type: ignore[assignment]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["old_password"].label = _("今のパスワード")
        self.fields["new_password1"].label = _("新しいパスワード")
        self.fields["new_password2"].label = _("新しいパスワード（もう一度）")
