<?php

declare(strict_types=1);

namespace Emias\Gateway\Config;

use Bitrix\Main\Config\Option;

/** The module's options, typed. Keys are only ever written by the settings page; nothing shows them again. */
final class Settings
{
    public const MODULE = 'emias.gateway';
    public const SOURCES = ['iblock', 'highload', 'user'];
    /** Options that are kept as text, and how a field of a doctor is called there. */
    public const TEXTS = [
        'gateway_url',
        'source',
        'source_id',
        'field_name',
        'field_lpu',
        'field_emias_id',
        'field_specialty',
    ];
    public const KEYS = ['api_key', 'feed_key', 'feed_key_next'];
    private const FEED_KEYS = ['feed_key', 'feed_key_next'];

    public function text(string $name): string
    {
        return trim((string) Option::get(self::MODULE, $name));
    }

    public function gatewayUrl(): string
    {
        return $this->text('gateway_url');
    }

    public function apiKey(): string
    {
        return $this->secret('api_key');
    }

    /**
     * @return list<string> the keys that open the doctor feed now: two while one is being replaced
     */
    public function feedKeys(): array
    {
        return array_values(array_filter(array_map($this->secret(...), self::FEED_KEYS)));
    }

    /** Returns the secret that names visitors to the gateway without naming them. */
    public function visitorSecret(): string
    {
        $secret = $this->secret('visitor_secret');
        if ($secret === '') {
            $secret = bin2hex(random_bytes(32));
            $this->keep('visitor_secret', $secret);
        }

        return $secret;
    }

    public function isSet(string $name): bool
    {
        return $this->secret($name) !== '';
    }

    /** Saves a text option; a wrong one is refused with its name. */
    public function save(string $name, string $value): void
    {
        $value = trim($value);
        if ($name === 'gateway_url' && $value !== '' && !self::isAddress($value)) {
            throw new WrongSetting($name);
        }
        if ($name === 'source' && !in_array($value, self::SOURCES, true)) {
            throw new WrongSetting($name);
        }
        if (preg_match('/^field_/', $name) && !preg_match('/^\w{0,50}$/', $value)) {
            throw new WrongSetting($name);
        }
        Option::set(self::MODULE, $name, $name === 'gateway_url' ? rtrim($value, '/') : $value);
    }

    /** Encrypts and keeps a key. */
    public function keep(string $name, string $key): void
    {
        $key = trim($key);
        if ($name === 'api_key' && $key !== '' && !preg_match('/^egw_[\w-]+_[\w-]+$/', $key)) {
            throw new WrongSetting($name);
        }
        Option::set(self::MODULE, $name, Secrets::seal($key));
    }

    private function secret(string $name): string
    {
        return Secrets::open((string) Option::get(self::MODULE, $name));
    }

    /** A key goes over plain HTTP to this machine only. */
    private static function isAddress(string $value): bool
    {
        $parts = parse_url($value);
        $host = $parts['host'] ?? '';
        $isLocal = in_array($host, ['127.0.0.1', 'localhost', '[::1]'], true);

        return $host !== '' && !isset($parts['user']) && !isset($parts['query'])
            && (($parts['scheme'] ?? '') === 'https' || (($parts['scheme'] ?? '') === 'http' && $isLocal));
    }
}
