<?php

declare(strict_types=1);

namespace Emias\Gateway\Client;

use Bitrix\Main\Web\HttpClient;

/** The kernel's HttpClient, so that the site's proxy settings hold; its hostile defaults are overridden. */
final class BitrixTransport implements Transport
{
    /** Its errors that come before the request leaves; "NETWORK" is told apart by the absence of a connection. */
    private const NEVER_SENT = ['URI', 'CONNECTION', 'PRIVATE_IP', 'SSL'];

    public function send(Request $request): Response
    {
        $client = new HttpClient([
            'redirect' => false,
            'redirectMax' => 0,
            'version' => HttpClient::HTTP_1_1,
            'socketTimeout' => Request::CONNECT_SECONDS,
            'streamTimeout' => $request->timeout,
            'bodyLengthMax' => Request::LARGEST_ANSWER,
            'compress' => false,
        ]);
        foreach ($request->headers as $name => $value) {
            $client->setHeader($name, $value);
        }
        if (!$client->query($request->method, $request->url, $request->body)) {
            throw $this->failure($client);
        }
        // Older kernels return from query() with the headers only; the body is read here.
        $body = (string) $client->getResult();
        if ($client->getError() !== []) {
            throw $this->failure($client);
        }

        return new Response((int) $client->getStatus(), $this->headers($client), $body);
    }

    private function failure(HttpClient $client): TransportFailure
    {
        $reasons = array_map('strval', array_keys($client->getError()));

        return new TransportFailure(
            implode(',', $reasons) ?: 'NETWORK',
            array_intersect($reasons, self::NEVER_SENT) !== [],
        );
    }

    /**
     * @return array<string, string>
     */
    private function headers(HttpClient $client): array
    {
        $headers = [];
        foreach ($client->getHeaders()->toArray() as $header) {
            $headers[strtolower((string) $header['name'])] = (string) end($header['values']);
        }

        return $headers;
    }
}
