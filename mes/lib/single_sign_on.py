"""How an OpenID provider is named in the settings."""

PROVIDER = "site"


def oidc_providers(*, url: str, client: str, secret: str) -> dict[str, object]:
    """Return the setting of the one OpenID provider whose configuration lies below ``url``.

    What it says of a person is read from its signed token only.
    """
    app = {
        "provider_id": PROVIDER,
        "name": PROVIDER,
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": url, "fetch_userinfo": False},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "SCOPE": ["openid"], "APPS": [app]}}


def check_address(url: str, *, production: bool) -> str:
    """Return the provider's address. Raises ValueError for one that anybody could read along."""
    if production and not url.startswith("https://"):
        raise ValueError("MES_OIDC_URL must begin with https://.")
    return url
