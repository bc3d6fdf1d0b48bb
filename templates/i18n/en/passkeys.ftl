## Passkeys
