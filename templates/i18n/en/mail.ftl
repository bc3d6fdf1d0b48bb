## Mails
