<?php

declare(strict_types=1);

namespace Bitrix\Main;

use Bitrix\Main\Type\ParameterDictionary;

final class HttpRequest
{
    /**
     * @param array<string, mixed> $query
     * @param array<string, mixed> $post
     * @param array<string, string> $headers
     */
    public function __construct(
        private readonly string $method,
        private readonly array $query,
        private readonly array $post,
        private readonly array $headers,
    ) {
    }

    public static function ofThisProcess(): self
    {
        $headers = [];
        foreach ($_SERVER as $name => $value) {
            if (str_starts_with((string) $name, 'HTTP_')) {
                $headers[strtolower(str_replace('_', '-', substr((string) $name, 5)))] = (string) $value;
            }
        }

        return new self((string) ($_SERVER['REQUEST_METHOD'] ?? 'GET'), $_GET, $_POST, $headers);
    }

    public function get(string $name): mixed
    {
        return $this->values()[$name] ?? null;
    }

    /**
     * @return array<string, mixed>
     */
    public function values(): array
    {
        return $this->post + $this->query;
    }

    public function getPostList(): ParameterDictionary
    {
        return new ParameterDictionary($this->post);
    }

    public function getQueryList(): ParameterDictionary
    {
        return new ParameterDictionary($this->query);
    }

    public function getHeader(string $name): ?string
    {
        return $this->headers[strtolower($name)] ?? null;
    }

    public function isPost(): bool
    {
        return $this->method === 'POST';
    }

    public function getRequestMethod(): string
    {
        return $this->method;
    }
}
