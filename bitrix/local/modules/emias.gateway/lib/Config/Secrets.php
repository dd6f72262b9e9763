<?php

declare(strict_types=1);

namespace Emias\Gateway\Config;

use Bitrix\Main\Config\Configuration;
use Bitrix\Main\Security\Cipher;
use Bitrix\Main\Security\SecurityException;

/** Encrypts what must not stand readable in the options table, with the kernel's `crypto.crypto_key`. */
final class Secrets
{
    private const MARK = 'v1:';

    /**
     * @throws SecurityException when the site has no crypto key
     */
    public static function seal(string $secret): string
    {
        return $secret === '' ? '' : self::MARK . base64_encode((new Cipher())->encrypt($secret, self::cryptoKey()));
    }

    /** Opens a sealed secret; an empty text when it is none or the site's crypto key was changed since. */
    public static function open(string $sealed): string
    {
        if (!str_starts_with($sealed, self::MARK)) {
            return '';
        }
        $raw = base64_decode(substr($sealed, strlen(self::MARK)), true);
        try {
            return $raw === false ? '' : (string) (new Cipher())->decrypt($raw, self::cryptoKey());
        } catch (SecurityException) {
            return '';
        }
    }

    public static function areAvailable(): bool
    {
        return self::configuredKey() !== '' && extension_loaded('openssl');
    }

    private static function cryptoKey(): string
    {
        $key = self::configuredKey();
        if ($key === '') {
            throw new SecurityException('crypto.crypto_key is not set in .settings.php');
        }

        return $key;
    }

    private static function configuredKey(): string
    {
        return (string) (Configuration::getValue('crypto')['crypto_key'] ?? '');
    }
}
