"""Signing in without a password: a code by e-mail, a passkey, and a second factor who wants one."""

from chalandise.web.sign_in.adapter import AccountAdapter

__all__ = ["AccountAdapter"]
