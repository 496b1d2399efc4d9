"""Notices by mail, to the accounts of the household that have given an address."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

from sqlalchemy.orm import Session

from engine import identity
from engine.outbox import Undeliverable
from registry.models import Household
from web.delivery.channels import SECONDS, Letter, NotConfigured, Server

PERMANENT = 500
"""SMTP replies from here on say that to try again does not help."""


class Mail:
    """`smtps://` speaks TLS at once, `smtp://` turns to it (STARTTLS); only a server on this machine may do without."""

    name = "邮件"

    def __init__(self, server: Server, sender: str) -> None:
        if server.scheme not in ("smtp", "smtps"):
            raise NotConfigured("FANGFAN_SMTP begins with smtp:// or smtps://")
        if "@" not in parseaddr(sender)[1]:
            raise NotConfigured("FANGFAN_MAIL_FROM is the address that notices come from")
        self._server, self._sender = server, sender

    def address(self, session: Session, household: Household) -> str:
        """The household's own accounts."""
        people = identity.holding(session, [("applicant", f"={household.key}")])
        return ", ".join(identity.mails(session, [person.name for person in people]))

    def send(self, letter: Letter) -> None:
        """One mail; its Message-ID is the same each time it is tried."""
        try:
            with self._connected() as smtp:
                smtp.send_message(self._written(letter))
        except smtplib.SMTPRecipientsRefused as refused:
            if all(code >= PERMANENT for code, _words in refused.recipients.values()):
                raise Undeliverable("对方不收") from None
            raise
        except smtplib.SMTPResponseException as answer:
            if answer.smtp_code >= PERMANENT and not isinstance(answer, smtplib.SMTPAuthenticationError):
                raise Undeliverable(f"邮件服务器拒绝（{answer.smtp_code}）") from None
            raise

    def _written(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self._sender, letter.to
        message["Subject"] = f"防止返贫监测通知：{letter.kind}"
        message["Message-ID"] = f"<{letter.key}@{parseaddr(self._sender)[1].rpartition('@')[2]}>"
        message["Date"] = formatdate(localtime=False)
        message["Auto-Submitted"] = "auto-generated"  # no holiday reply comes back
        message.set_content(letter.text)
        return message

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        server = self._server
        if server.scheme == "smtps":
            smtp = smtplib.SMTP_SSL(server.host, server.port or 465, timeout=SECONDS, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port or 587, timeout=SECONDS)
        try:
            if server.scheme == "smtp" and not server.is_here:
                smtp.starttls(context=context)
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp
