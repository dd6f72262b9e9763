<?php

declare(strict_types=1);

namespace Emias\Gateway\Client;

/** One call; `timeout` is in seconds for the whole answer, the connection has two of its own. */
final class Request
{
    public const CONNECT_SECONDS = 2;
    public const LARGEST_ANSWER = 2 * 1024 * 1024;

    /**
     * @param array<string, string> $headers
     */
    public function __construct(
        public readonly string $method,
        public readonly string $url,
        public readonly array $headers,
        public readonly ?string $body,
        public readonly int $timeout,
    ) {
    }
}
