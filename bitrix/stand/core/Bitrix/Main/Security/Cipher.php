<?php

declare(strict_types=1);

namespace Bitrix\Main\Security;

/** Authenticated encryption with the interface of the kernel's cipher. */
final class Cipher
{
    private const ALGORITHM = 'aes-256-gcm';

    public function encrypt(string $text, string $key): string
    {
        $nonce = random_bytes(12);
        $sealed = openssl_encrypt($text, self::ALGORITHM, hash('sha256', $key, true), OPENSSL_RAW_DATA, $nonce, $tag);

        return $nonce . $tag . $sealed;
    }

    public function decrypt(string $sealed, string $key): string
    {
        $text = openssl_decrypt(
            substr($sealed, 28),
            self::ALGORITHM,
            hash('sha256', $key, true),
            OPENSSL_RAW_DATA,
            substr($sealed, 0, 12),
            substr($sealed, 12, 16),
        );

        return $text === false ? throw new SecurityException('The data or the key is wrong.') : $text;
    }
}
