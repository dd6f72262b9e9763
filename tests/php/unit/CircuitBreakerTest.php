<?php

declare(strict_types=1);

namespace Tests;

use Emias\Gateway\Client\CircuitBreaker;
use Emias\Gateway\Client\GatewayClient;
use PHPUnit\Framework\TestCase;
use Tests\Fakes\Clock;
use Tests\Fakes\FakeTransport;
use Tests\Fakes\MemoryShelf;

final class CircuitBreakerTest extends TestCase
{
    public function testAfterFiveFailuresNobodyAsksTheNetwork(): void
    {
        [$client, $transport, $clock] = $this->broken();
        self::assertCount(CircuitBreaker::FAILURES, $transport->requests);
        $this->refused($client);
        self::assertCount(CircuitBreaker::FAILURES, $transport->requests);
        $clock->now += CircuitBreaker::OPEN_SECONDS;
        $transport->json(200, []);
        self::assertSame([], $client->specialties());
    }

    public function testOneTriesAfterThePauseAndTheOthersStillDoNotWait(): void
    {
        $clock = new Clock();
        $breaker = new CircuitBreaker(new MemoryShelf(), $clock->__invoke(...));
        for ($failure = 0; $failure < CircuitBreaker::FAILURES; $failure++) {
            $breaker->failed();
        }
        self::assertTrue($breaker->isOpen());
        $clock->now += CircuitBreaker::OPEN_SECONDS;
        self::assertSame([true, false], [$breaker->lets(), $breaker->lets()]);
        $breaker->succeeded();
        self::assertSame([true, true], [$breaker->lets(), $breaker->lets()]);
    }

    public function testAProblemDocumentProvesThatTheGatewayLives(): void
    {
        $transport = new FakeTransport();
        $shelf = new MemoryShelf();
        $client = new GatewayClient(
            $transport,
            new CircuitBreaker($shelf, (new Clock())->__invoke(...)),
            'https://gw.test',
            'egw_1_s',
            'ru',
        );
        for ($time = 0; $time < 10; $time++) {
            $transport->problem('emias_unavailable', 503);
            $this->refused($client);
        }
        self::assertCount(10, $transport->requests);
    }

    /**
     * @return array{GatewayClient, FakeTransport, Clock}
     */
    private function broken(): array
    {
        $transport = (new FakeTransport())->fails('timeout', true, CircuitBreaker::FAILURES);
        $clock = new Clock();
        $breaker = new CircuitBreaker(new MemoryShelf(), $clock->__invoke(...));
        $client = new GatewayClient($transport, $breaker, 'https://gw.test', 'egw_1_s', 'ru');
        for ($time = 0; $time < 3; $time++) {
            $this->refused($client);
        }

        return [$client, $transport, $clock];
    }

    private function refused(GatewayClient $client): void
    {
        try {
            $client->specialties();
            self::fail('a refusal was expected');
        } catch (\Emias\Gateway\Client\Exception\GatewayException $refusal) {
            self::assertContains($refusal->problemCode, ['gateway_unavailable', 'emias_unavailable']);
        }
    }
}
