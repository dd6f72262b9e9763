<?php

declare(strict_types=1);

namespace Tests;

use Emias\Gateway\Client\CircuitBreaker;
use Emias\Gateway\Client\Exception\GatewayUnavailable;
use Emias\Gateway\Client\GatewayClient;
use Emias\Gateway\Service\Directory;
use PHPUnit\Framework\TestCase;
use Tests\Fakes\Clock;
use Tests\Fakes\FakeTransport;
use Tests\Fakes\MemoryShelf;

final class DirectoryTest extends TestCase
{
    private FakeTransport $transport;
    private Clock $clock;
    private Directory $directory;

    protected function setUp(): void
    {
        $this->transport = new FakeTransport();
        $this->clock = new Clock();
        $shelf = new MemoryShelf();
        $now = $this->clock->__invoke(...);
        $client = new GatewayClient($this->transport, new CircuitBreaker($shelf, $now), 'https://gw.test', 'egw_1_s', 'ru');
        $this->directory = new Directory($client, $shelf, $now, 'ru');
    }

    public function testTheLastCopyIsShownWithItsTimeForADay(): void
    {
        $this->transport->json(200, [['id' => '10']])->json(200, ['emias' => 'up']);
        $fresh = $this->directory->specialties();
        self::assertSame([false, 'up', $this->clock->now], [$fresh['degraded'], $fresh['emias'], $fresh['fetched_at']]);
        $this->clock->now += 86_000;
        $kept = $this->directory->specialties();
        self::assertSame([true, [['id' => '10']]], [$kept['degraded'], $kept['items']]);
        self::assertSame($fresh['fetched_at'], $kept['fetched_at']);
        $this->clock->now += 1000;
        $this->expectException(GatewayUnavailable::class);
        $this->directory->specialties();
    }

    public function testAnOldScheduleIsHiddenAfterAQuarterOfAnHour(): void
    {
        $this->transport->json(200, ['days' => [['date' => '2026-11-24', 'slots' => []]], 'stale' => false, 'as_of' => 'x']);
        $this->directory->slots('7', 30);
        $this->clock->now += 890;
        self::assertTrue($this->directory->slots('7', 30)['degraded']);
        $this->clock->now += 20;
        $this->expectException(GatewayUnavailable::class);
        $this->directory->slots('7', 30);
    }

    public function testDaysAreMoscowDaysAndBounded(): void
    {
        $this->clock->now = strtotime('2026-11-23T22:30:00Z');
        $this->transport->json(200, ['days' => []]);
        $this->directory->slots('7', 1000);
        self::assertStringContainsString('from=2026-11-24&to=2027-01-23', $this->transport->last()->url);
    }
}
