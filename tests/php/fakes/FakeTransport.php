<?php

declare(strict_types=1);

namespace Tests\Fakes;

use Emias\Gateway\Client\Request;
use Emias\Gateway\Client\Response;
use Emias\Gateway\Client\Transport;
use Emias\Gateway\Client\TransportFailure;

/** Answers what it was told to, in order, and remembers what it was asked. */
final class FakeTransport implements Transport
{
    /** @var list<Request> */
    public array $requests = [];
    /** @var list<Response|TransportFailure> */
    private array $answers = [];

    public function json(int $status, mixed $content, array $headers = []): self
    {
        return $this->raw($status, (string) json_encode($content), $headers);
    }

    public function raw(int $status, string $body, array $headers = []): self
    {
        $this->answers[] = new Response($status, $headers, $body);

        return $this;
    }

    public function problem(string $code, int $status, array $more = [], array $headers = []): self
    {
        return $this->json($status, ['code' => $code, 'status' => $status, 'detail' => "о $code"] + $more, $headers);
    }

    public function fails(string $reason, bool $neverSent, int $times = 1): self
    {
        for ($time = 0; $time < $times; $time++) {
            $this->answers[] = new TransportFailure($reason, $neverSent);
        }

        return $this;
    }

    public function send(Request $request): Response
    {
        $this->requests[] = $request;
        $answer = array_shift($this->answers) ?? new TransportFailure('nothing planned', true);

        return $answer instanceof TransportFailure ? throw $answer : $answer;
    }

    public function last(): Request
    {
        return end($this->requests);
    }
}
