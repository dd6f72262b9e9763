<?php

declare(strict_types=1);

namespace Emias\Gateway\Client;

/** An answer; names of headers are in small letters. */
final class Response
{
    /**
     * @param array<string, string> $headers
     */
    public function __construct(
        public readonly int $status,
        public readonly array $headers,
        public readonly string $body,
    ) {
    }

    public function header(string $name): string
    {
        return $this->headers[strtolower($name)] ?? '';
    }

    /**
     * @return array<mixed>|null null when the body is not a JSON object or list
     */
    public function json(): ?array
    {
        $decoded = json_decode($this->body, true, 64);

        return is_array($decoded) ? $decoded : null;
    }
}
