"""企业微信: the smart robot over its long connection, and group webhooks that only push.

Nothing but this package imports `aibot`, which is an extra (`chuishao[wecom]`).
"""
