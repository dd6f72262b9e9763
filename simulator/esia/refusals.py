"""ESIA's refusals: the code, OAuth's word for it and ESIA's sentence."""

from __future__ import annotations

__all__ = ["REFUSALS", "EsiaRefusalError"]

REFUSALS = {
    "ESIA-007002": ("invalid_client", "The certificate does not belong to the client system"),
    "ESIA-007003": ("invalid_request", "A parameter is missing, has a wrong value or is given several times"),
    "ESIA-007004": ("access_denied", "The resource owner has denied the request"),
    "ESIA-007005": ("unauthorized_client", "The client system may not ask for a token in this way"),
    "ESIA-007006": ("invalid_scope", "The requested scope is unknown or malformed"),
    "ESIA-007007": ("server_error", "An unexpected error has prevented the request from being carried out"),
    "ESIA-007008": ("temporarily_unavailable", "The service is overloaded or under maintenance"),
    "ESIA-007009": ("unsupported_response_type", "The service does not give codes or tokens in this way"),
    "ESIA-007011": ("invalid_grant", "The code is invalid, expired, revoked or was issued to another client system"),
    "ESIA-007012": ("unsupported_grant_type", "The type of the grant is not supported"),
    "ESIA-007013": ("invalid_scope", "The request names no scope"),
    "ESIA-007014": ("invalid_request", "The request does not contain the mandatory parameter"),
    "ESIA-007015": ("invalid_request", "The time of the request is wrong"),
    "ESIA-007019": ("access_denied", "The client system has no permission for the requested access"),
    "ESIA-007023": ("invalid_request", "The redirect_uri is not among those registered for the client system"),
    "ESIA-007039": ("invalid_request", "The first request carried no code_challenge"),
    "ESIA-007040": ("invalid_grant", "The code_verifier does not fit the code_challenge"),
    "ESIA-007053": (
        "invalid_client",
        "The client_secret does not fit the request, the system or an active certificate",
    ),
    "ESIA-007055": ("access_denied", "The account is not confirmed"),
}


class EsiaRefusalError(Exception):
    """Refuse a request by one of ESIA's codes; `about` names the parameter for whoever reads the journal."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.about = about
        self.error, sentence = REFUSALS[code]
        self.description = f"{code}: {sentence}"

    def as_json(self, state: str | None = None) -> dict[str, str]:
        """Show the refusal as the token endpoint and the callback carry it."""
        answer = {"error": self.error, "error_description": self.description}
        return answer if state is None else answer | {"state": state}
