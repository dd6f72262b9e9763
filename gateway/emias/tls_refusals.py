"""Everything that can be wrong with certificates, by stable codes, each with what to do about it.

| where it shows | codes |
|---|---|
| in our own files, before anybody is called | `file_missing` … `not_yet_valid` |
| in EMIAS's certificate, during the handshake | `server_…`, `not_tls`, `handshake_failed` |
| in EMIAS's opinion of ours, by a TLS alert or by a page in front of the service | `refused_…` |
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from typing import Final

from gateway.emias.reply import RawReply

__all__ = ["TLS_REFUSALS", "code_of_handshake", "code_of_page", "is_certificate_alert", "what_to_do"]

TLS_REFUSALS: Final[Mapping[str, str]] = {
    "file_missing": "нет файла, положите его по этому пути / put the file where the setting says it is",
    "file_unreadable": "файл не читается: проверьте права и формат / check the file's mode and form, convert it",
    "unsupported_key": "ключ ГОСТ или другой неизвестный вид: нужен терминатор TLS / a GOST key, or another kind that "
    "OpenSSL does not know: put a TLS terminator beside the gateway",
    "password_missing": "ключ закрыт паролем, задайте его / the key is locked: set EMIAS_KEY_PASSWORD or its _FILE",
    "wrong_password": "пароль не подходит / the password does not open the key: set the right one",
    "key_mismatch": "ключ не от этого сертификата / the key is not the certificate's: give the right pair",
    "expired": "наш сертификат истёк, замените / our certificate has expired: renew it",
    "not_yet_valid": "наш сертификат ещё не действует / our certificate is not valid yet: use the present one, check "
    "the clock",
    "server_untrusted": "сертификат ЕМИАС выдан другим УЦ, проверьте EMIAS_CA_FILE / EMIAS's certificate is not of "
    "the CA that we trust: set EMIAS_CA_FILE to its owner's",
    "server_name": "сертификат ЕМИАС на другое имя: проверьте EMIAS_URL или EMIAS_SERVER_NAME / EMIAS's certificate "
    "bears another name: check EMIAS_URL, or set EMIAS_SERVER_NAME if its owner confirms that name",
    "server_expired": "сертификат ЕМИАС истёк, сообщите владельцу / EMIAS's own certificate has expired: tell them",
    "server_not_yet_valid": "сертификат ЕМИАС ещё не действует, проверьте часы / EMIAS's own certificate is not valid "
    "yet: check the clock",
    "not_tls": "по этому адресу отвечают без TLS, проверьте порт / no TLS is spoken there: check the port",
    "handshake_failed": "нет общего протокола или шифра, возможно, нужен ГОСТ / no protocol or cipher in common; if "
    "the channel is GOST, put a TLS terminator beside the gateway",
    "refused_absent": "ЕМИАС не получила сертификат / EMIAS wants a client certificate and got none: set "
    "EMIAS_CERT_FILE or EMIAS_PKCS12_FILE",
    "refused_unknown_ca": "ЕМИАС не знает наш УЦ или цепочку / EMIAS does not know the issuer of our certificate: add "
    "the chain to the file, or ask its owner to register it",
    "refused_expired": "ЕМИАС считает сертификат просроченным / EMIAS holds our certificate to be expired: renew it, "
    "check the clock",
    "refused_revoked": "наш сертификат отозван / our certificate is revoked: ask for another",
    "refused_by_alert": "ЕМИАС отказала сертификату при рукопожатии / EMIAS refused our certificate in the handshake: "
    "ask its owner whether it is registered",
    "refused_by_reset": "ЕМИАС оборвала рукопожатие, увидев сертификат / EMIAS hung up on seeing our certificate, "
    "without a word: ask its owner whether it is registered",
    "refused_by_page": "ЕМИАС отказала сертификату страницей / EMIAS's front server refused our certificate by a page: "
    "ask its owner whether it is registered",
}
_BY_ALERT: Final = {
    "ALERT_CERTIFICATE_REQUIRED": "refused_absent",
    "ALERT_BAD_CERTIFICATE": "refused_by_alert",
    "ALERT_UNSUPPORTED_CERTIFICATE": "refused_by_alert",
    "ALERT_CERTIFICATE_REVOKED": "refused_revoked",
    "ALERT_CERTIFICATE_EXPIRED": "refused_expired",
    "ALERT_CERTIFICATE_UNKNOWN": "refused_by_alert",
    "ALERT_UNKNOWN_CA": "refused_unknown_ca",
    "ALERT_ACCESS_DENIED": "refused_by_alert",
    "ALERT_HANDSHAKE_FAILURE": "handshake_failed",
}
_BY_VERIFICATION: Final = {9: "server_not_yet_valid", 10: "server_expired", 62: "server_name", 64: "server_name"}
_NOT_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})
_PAGES: Final = (
    (
        {400, 496},
        re.compile(rb"no required ssl certificate was sent|ssl certificate required", re.IGNORECASE),
        "refused_absent",
    ),
    ({400, 495}, re.compile(rb"the ssl certificate error", re.IGNORECASE), "refused_by_page"),
    ({403}, re.compile(rb"403\.7\b.*client certificate", re.IGNORECASE | re.DOTALL), "refused_absent"),
    ({403}, re.compile(rb"403\.13\b.*client certificate", re.IGNORECASE | re.DOTALL), "refused_revoked"),
    ({403}, re.compile(rb"403\.17\b.*client certificate", re.IGNORECASE | re.DOTALL), "refused_expired"),
    ({403}, re.compile(rb"client certificate", re.IGNORECASE), "refused_by_page"),
)
"""Pages of nginx, which judges the certificate before it passes anything on, and of IIS, which may do so afterwards."""
_PAGE_HEAD: Final = 4_096


def what_to_do(code: str | None) -> str | None:
    """Return the advice for a code; None for one that has nothing to do with certificates."""
    return TLS_REFUSALS.get(code) if code else None


def is_certificate_alert(error: BaseException) -> bool:
    """Tell whether the other side ended the handshake because of our certificate."""
    return _alert(error) is not None


def code_of_handshake(error: BaseException) -> str | None:
    """Name what OpenSSL says; None for an error that is not TLS's."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _BY_VERIFICATION.get(error.verify_code, "server_untrusted")
    if not isinstance(error, ssl.SSLError):
        return None
    if (error.reason or "") in _NOT_TLS:
        return "not_tls"
    return _alert(error) or "handshake_failed"


def code_of_page(reply: RawReply) -> str | None:
    """Recognize the page of a front server that demands another client certificate."""
    if reply.media_type != "text/html":
        return None
    head = reply.body[:_PAGE_HEAD]
    return next((code for statuses, words, code in _PAGES if reply.status in statuses and words.search(head)), None)


def _alert(error: BaseException) -> str | None:
    if not isinstance(error, ssl.SSLError):
        return None
    return next((code for ending, code in _BY_ALERT.items() if (error.reason or "").endswith(ending)), None)
