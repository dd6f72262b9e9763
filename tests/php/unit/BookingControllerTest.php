<?php

declare(strict_types=1);

namespace Tests;

use Bitrix\Main\Config\Option;
use Bitrix\Main\Context;
use Bitrix\Main\DI\ServiceLocator;
use Bitrix\Main\Event;
use Bitrix\Main\HttpRequest;
use Bitrix\Main\HttpResponse;
use Emias\Gateway\Client\CircuitBreaker;
use Emias\Gateway\Client\GatewayClient;
use Emias\Gateway\Controller\Booking;
use Emias\Gateway\Service\Visitor;
use PHPUnit\Framework\TestCase;
use Tests\Fakes\Clock;
use Tests\Fakes\FakeTransport;
use Tests\Fakes\MemoryShelf;

final class BookingControllerTest extends TestCase
{
    private const PATIENT = [
        'last_name' => 'Ёлкина',
        'first_name' => 'Вера',
        'birth_date' => '14.03.1985',
        'snils' => '112-233-445 95',
        'oms_number' => '7756410885000127',
    ];
    private const KEY = 'a-key-of-16-chars-or-more';

    private FakeTransport $transport;

    protected function setUp(): void
    {
        Option::$values = [];
        Event::$sent = [];
        $this->transport = new FakeTransport();
        $breaker = new CircuitBreaker(new MemoryShelf(), (new Clock())->__invoke(...));
        $services = ServiceLocator::getInstance();
        $services->forget();
        $services->addInstance(
            'emias.gateway.client',
            new GatewayClient($this->transport, $breaker, 'https://gw.test', 'egw_1_secret', 'ru'),
        );
        $services->addInstance('emias.gateway.visitor', new Visitor('secret', static fn (): string => 'session-1'));
        $_SESSION = ['fixed_session_id' => 'token'];
    }

    public function testWithoutTheTokenNothingIsAskedAndANewOneIsGiven(): void
    {
        [$data, $error] = $this->act('hold', ['slot' => 's', 'doctor' => '1'], token: 'old');
        self::assertNull($data);
        self::assertSame(['invalid_csrf', ['csrf' => 'token']], [$error->getCode(), $error->getCustomData()]);
        self::assertSame([], $this->transport->requests);
    }

    public function testAGetIsRefused(): void
    {
        [, $error] = $this->act('hold', ['slot' => 's'], method: 'GET');
        self::assertSame('invalid_http_method', $error->getCode());
    }

    public function testTheGatewaySeesTheVisitorsHmacAndNotTheSession(): void
    {
        $this->transport->json(201, ['id' => 'h', 'expires_at' => date('c', time() + 300)]);
        [$data] = $this->act('hold', ['slot' => 's', 'doctor' => '1']);
        $reference = $this->transport->last()->headers['X-Client-Ref'];
        self::assertMatchesRegularExpression('/^[0-9a-f]{64}$/', $reference);
        self::assertGreaterThan(290, $data['seconds_left']);
        self::assertStringNotContainsString('egw_', (string) json_encode($data));
    }

    public function testWrongFieldsNeverLeaveTheSite(): void
    {
        $patient = ['snils' => '112-233-445 96'] + self::PATIENT;
        [, $error] = $this->act('book', ['hold' => 'h', 'patient' => $patient, 'key' => self::KEY]);
        self::assertSame('validation_failed', $error->getCode());
        self::assertSame('patient.snils', $error->getCustomData()['errors'][0]['field']);
        self::assertSame([], $this->transport->requests);
    }

    public function testABookingIsAnnouncedWithoutThePatientAndCanBeAskedForWithItsPass(): void
    {
        $booking = ['id' => 'b', 'state' => 'booked', 'ticket' => 'T-1', 'slot' => ['id' => 's'], 'doctor' => ['id' => '1']];
        $this->transport->json(201, $booking)->json(200, $booking);
        [$data] = $this->act('book', ['hold' => 'h', 'patient' => self::PATIENT, 'key' => self::KEY]);
        self::assertSame(['onBooked', ['id' => 'b', 'state' => 'booked', 'slot' => ['id' => 's'], 'doctor' => ['id' => '1']]], [
            Event::$sent[0]->type, Event::$sent[0]->parameters['booking'],
        ]);
        [$status] = $this->act('status', ['booking' => 'b', 'pass' => $data['pass']]);
        self::assertSame('booked', $status['state']);
    }

    public function testSomebodyElsesPassFindsNoBooking(): void
    {
        $pass = (new Visitor('secret', static fn (): string => 'session-2'))->pass('b');
        foreach (['status' => [], 'cancel' => ['key' => self::KEY]] as $action => $more) {
            [, $error] = $this->act($action, ['booking' => 'b', 'pass' => $pass] + $more);
            self::assertSame('booking_not_found', $error->getCode());
        }
        self::assertSame([], $this->transport->requests);
    }

    public function testALostAnswerTellsThePageToAskAgainWithTheSameKey(): void
    {
        $this->transport->fails('timeout', false);
        [, $error] = $this->act('book', ['hold' => 'h', 'patient' => self::PATIENT, 'key' => self::KEY]);
        self::assertSame('outcome_unknown', $error->getCode());
        self::assertSame([], Event::$sent);
    }

    /**
     * @return array{?array, ?\Bitrix\Main\Error}
     */
    private function act(string $action, array $given, string $token = 'token', string $method = 'POST'): array
    {
        $request = new HttpRequest($method, [], $given + ['sessid' => $token], []);
        Context::setCurrent(new Context($request, new HttpResponse()));
        $controller = new Booking();
        $data = $controller->run($action, $request->values());

        return [$data, $controller->getErrors()[0] ?? null];
    }
}
