<?php

declare(strict_types=1);

namespace Bitrix\Main\Web;

use Emias\Gateway\Client\CurlTransport;
use Emias\Gateway\Client\Request;
use Emias\Gateway\Client\Response;
use Emias\Gateway\Client\TransportFailure;

/** The kernel's HTTP client by curl; options are remembered so that tests can see what was asked for. */
final class HttpClient
{
    public const HTTP_1_1 = '1.1';

    /** @var array<string, mixed> */
    public static array $lastOptions = [];

    /** @var array<string, string> */
    private array $headers = [];
    /** @var array<string, string> */
    private array $errors = [];
    private ?Response $response = null;

    /**
     * @param array<string, mixed> $options
     */
    public function __construct(private readonly array $options)
    {
        self::$lastOptions = $options;
    }

    public function setHeader(string $name, string $value): void
    {
        $this->headers[$name] = $value;
    }

    public function query(string $method, string $url, ?string $body = null): bool
    {
        $request = new Request($method, $url, $this->headers, $body, (int) $this->options['streamTimeout']);
        try {
            $this->response = (new CurlTransport())->send($request);
        } catch (TransportFailure $failure) {
            $this->errors = [$failure->neverSent ? 'CONNECTION' : 'NETWORK' => $failure->reason];
        }

        return $this->errors === [];
    }

    /**
     * @return array<string, string>
     */
    public function getError(): array
    {
        return $this->errors;
    }

    public function getStatus(): int
    {
        return $this->response->status ?? 0;
    }

    public function getResult(): string
    {
        return $this->response->body ?? '';
    }

    public function getHeaders(): HttpHeaders
    {
        return new HttpHeaders($this->response->headers ?? []);
    }
}
