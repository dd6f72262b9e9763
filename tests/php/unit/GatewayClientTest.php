<?php

declare(strict_types=1);

namespace Tests;

use Emias\Gateway\Client\CircuitBreaker;
use Emias\Gateway\Client\Exception\GatewayException;
use Emias\Gateway\Client\Exception\GatewayUnavailable;
use Emias\Gateway\Client\Exception\OutcomeUnknown;
use Emias\Gateway\Client\Exception\SlotLost;
use Emias\Gateway\Client\Exception\WrongCall;
use Emias\Gateway\Client\GatewayClient;
use PHPUnit\Framework\TestCase;
use Tests\Fakes\Clock;
use Tests\Fakes\FakeTransport;
use Tests\Fakes\MemoryShelf;

final class GatewayClientTest extends TestCase
{
    private FakeTransport $transport;
    private Clock $clock;
    private GatewayClient $client;

    protected function setUp(): void
    {
        $this->transport = new FakeTransport();
        $this->clock = new Clock();
        $breaker = new CircuitBreaker(new MemoryShelf(), $this->clock->__invoke(...));
        $this->client = new GatewayClient($this->transport, $breaker, 'https://gw.test/', 'egw_1_secret', 'ru', 'ref');
    }

    public function testACallCarriesKeyVisitorAndLanguage(): void
    {
        $this->transport->json(201, ['id' => 'h']);
        $this->client->hold('slot', '57');
        $sent = $this->transport->last();
        self::assertSame(['POST', 'https://gw.test/v1/holds'], [$sent->method, $sent->url]);
        self::assertSame('{"slot_id":"slot","doctor_id":"57"}', $sent->body);
        self::assertSame(
            [
                'Accept' => 'application/json',
                'Accept-Language' => 'ru',
                'Authorization' => 'Bearer egw_1_secret',
                'X-Client-Ref' => 'ref',
                'Content-Type' => 'application/json',
            ],
            $sent->headers,
        );
    }

    public function testCyrillicIsSentAsItIsAndIdsAreEscaped(): void
    {
        $this->transport->json(201, ['state' => 'booked'])->json(200, ['days' => []]);
        $this->client->book(['hold_id' => 'h', 'patient' => ['last_name' => 'Ёлкина']], 'key-of-this-submission');
        self::assertStringContainsString('"last_name":"Ёлкина"', (string) $this->transport->last()->body);
        self::assertSame('key-of-this-submission', $this->transport->last()->headers['Idempotency-Key']);
        $this->client->slots('7/../8?x', '2026-11-24', '');
        self::assertSame(
            'https://gw.test/v1/doctors/7%2F..%2F8%3Fx/slots?from=2026-11-24',
            $this->transport->last()->url,
        );
    }

    public function testDoctorsAreReadPageAfterPage(): void
    {
        $this->transport
            ->json(200, ['items' => [['id' => '1']], 'next_cursor' => 'c2'])
            ->json(200, ['items' => [['id' => '2']], 'next_cursor' => null]);
        self::assertSame(['1', '2'], array_column($this->client->doctors('10'), 'id'));
        self::assertStringContainsString('specialty=10&limit=200&cursor=c2', $this->transport->last()->url);
    }

    public function testAReadIsTriedTwiceAndAChangeOnce(): void
    {
        $this->transport->fails('reset', false)->json(200, [['id' => '10']]);
        self::assertCount(1, $this->client->specialties());
        self::assertCount(2, $this->transport->requests);
        $this->transport->fails('reset', false);
        $this->expectException(GatewayUnavailable::class);
        try {
            $this->client->hold('slot');
        } finally {
            self::assertCount(3, $this->transport->requests);
        }
    }

    /**
     * @dataProvider lostAnswers
     */
    public function testALostAnswerOfABookingIsUnknownUnlessItWasNeverSent(callable $plan, string $expected): void
    {
        $plan($this->transport);
        $this->expectException($expected);
        $this->client->book(['hold_id' => 'h'], 'key-of-this-submission');
    }

    public static function lostAnswers(): array
    {
        return [
            'timeout' => [fn (FakeTransport $one) => $one->fails('timeout', false), OutcomeUnknown::class],
            'never connected' => [fn (FakeTransport $one) => $one->fails('refused', true), GatewayUnavailable::class],
            'half an answer' => [fn (FakeTransport $one) => $one->raw(201, '{"id":'), OutcomeUnknown::class],
            'a proxy\'s page' => [fn (FakeTransport $one) => $one->raw(502, '<html>'), OutcomeUnknown::class],
            'our own 500' => [fn (FakeTransport $one) => $one->problem('internal_error', 500), OutcomeUnknown::class],
            'EMIAS is down' => [
                fn (FakeTransport $one) => $one->problem('emias_unavailable', 503),
                \Emias\Gateway\Client\Exception\EmiasUnavailable::class,
            ],
        ];
    }

    public function testAProblemKeepsWhatHelpsTheVisitor(): void
    {
        $alternatives = [['slot_id' => 'b', 'starts_at' => '2026-11-24T15:00:00+03:00']];
        $this->transport->problem(
            'slot_taken',
            409,
            ['alternatives' => $alternatives, 'request_id' => 'r1'],
            ['retry-after' => '7'],
        );
        try {
            $this->client->hold('slot');
            self::fail('a refusal was expected');
        } catch (SlotLost $lost) {
            self::assertSame($alternatives, $lost->alternatives);
            self::assertSame(['slot_taken', 'r1', 7, 409], [
                $lost->problemCode, $lost->requestId, $lost->retryAfter, $lost->status,
            ]);
        }
    }

    public function testEveryKnownCodeBecomesItsException(): void
    {
        $vectors = json_decode((string) file_get_contents(dirname(__DIR__, 2) . '/vectors/problem_codes.json'), true);
        foreach ($vectors as $code => $expected) {
            $this->transport->problem($code, $expected['status']);
            try {
                $this->client->hold('slot');
                self::fail($code);
            } catch (GatewayException $refusal) {
                self::assertSame($code, $refusal->problemCode);
                self::assertSame($expected['exception'], (new \ReflectionClass($refusal))->getShortName(), $code);
            }
        }
        self::assertEqualsCanonicalizing(
            array_keys($vectors),
            array_keys(\Emias\Gateway\Client\Problems::CLASSES),
        );
    }

    public function testACodeFromTheFutureIsAMistakeOfTheSite(): void
    {
        $this->transport->problem('something_new', 418);
        $this->expectException(WrongCall::class);
        $this->client->hold('slot');
    }

    public function testWithoutSettingsNothingIsAsked(): void
    {
        $bare = new GatewayClient(
            $this->transport,
            new CircuitBreaker(new MemoryShelf(), $this->clock->__invoke(...)),
            '',
            '',
            'ru',
        );
        try {
            $bare->specialties();
            self::fail('a refusal was expected');
        } catch (GatewayUnavailable $refusal) {
            self::assertSame('site_not_configured', $refusal->problemCode);
        }
        self::assertSame([], $this->transport->requests);
    }
}
