<?php

declare(strict_types=1);

namespace Tests\Scenes;

use Bitrix\Main\Config\Option;
use Bitrix\Main\Context;
use Bitrix\Main\DI\ServiceLocator;
use Bitrix\Main\Error;
use Bitrix\Main\HttpRequest;
use Bitrix\Main\HttpResponse;
use Emias\Gateway\Client\CircuitBreaker;
use Emias\Gateway\Client\GatewayClient;
use Emias\Gateway\Controller\Booking;
use Emias\Gateway\Controller\Identity;
use Emias\Gateway\Identity\Login;
use Emias\Gateway\Identity\LoginSession;
use Emias\Gateway\Service\Visitor;
use PHPUnit\Framework\TestCase;
use Tests\Fakes\Clock;
use Tests\Fakes\FakeTransport;
use Tests\Fakes\MemorySession;
use Tests\Fakes\MemoryShelf;
use Tests\Fakes\VerifiedPerson;

abstract class IdentityScene extends TestCase
{
    protected const STATE = '3f0a2c1e-7b1d-4c55-9f7d-2a4f1f0c8b11';
    protected const BEGUN = [
        'login_id' => 'login-1',
        'authorize_url' => 'https://esia.test/aas/oauth2/v2/ac?client_id=C&state=' . self::STATE,
    ];
    protected const BOOKED = ['id' => 'b', 'state' => 'booked', 'slot' => [], 'doctor' => []];

    protected FakeTransport $transport;
    protected MemorySession $session;
    protected Clock $clock;

    protected function setUp(): void
    {
        Option::$values = [];
        $this->transport = new FakeTransport();
        $this->session = new MemorySession();
        $this->clock = new Clock();
        $client = new GatewayClient(
            $this->transport,
            new CircuitBreaker(new MemoryShelf(), $this->clock->__invoke(...)),
            'https://gw.test',
            'egw_1_secret',
            'ru',
        );
        $kept = new LoginSession($this->session, 'secret', static fn (): int => time());
        $services = ServiceLocator::getInstance();
        $services->forget();
        $services->addInstance('emias.gateway.client', $client);
        $services->addInstance('emias.gateway.visitor', new Visitor('secret', static fn (): string => 'session-1'));
        $services->addInstance('emias.gateway.identity.session', $kept);
        $services->addInstance('emias.gateway.identity.login', new Login($client, $kept, new MemoryShelf()));
        $_SESSION = ['fixed_session_id' => 'token'];
    }

    protected function tearDown(): void
    {
        ServiceLocator::getInstance()->forget();
    }

    /**
     * @param array<string, mixed> $otherwise
     */
    protected function logIn(array $otherwise = []): string
    {
        $path = '/zapis/?doctor=57';
        $this->transport->json(201, self::BEGUN)->json(200, $otherwise + VerifiedPerson::told() + ['return_path' => $path]);
        $this->act('start', ['returnPath' => $path]);

        return $this->finish(['code' => 'c', 'state' => self::STATE]);
    }

    /**
     * @param array<mixed> $query
     */
    protected function finish(array $query): string
    {
        return ServiceLocator::getInstance()->get('emias.gateway.identity.login')->finish($query);
    }

    /**
     * @param array<string, mixed> $given
     * @return array<string, mixed>
     */
    protected function act(string $action, array $given = []): array
    {
        $controller = self::called(new Identity(), $given);

        return $controller->run($action, $given);
    }

    /**
     * @param array<string, mixed> $given
     */
    protected function refusal(string $action, array $given): string
    {
        $controller = self::called(new Identity(), $given);
        $controller->run($action, $given);

        return $controller->getErrors()[0]->getCode();
    }

    /**
     * @param array<string, mixed> $given
     * @return array{array<string, mixed>|null, Error|null}
     */
    protected function book(array $given): array
    {
        $whole = $given + ['hold' => 'h', 'key' => 'a-key-of-16-chars-or-more'];
        $controller = self::called(new Booking(), $whole);
        $data = $controller->run('book', $whole);

        return [$data, $controller->getErrors()[0] ?? null];
    }

    /**
     * @template T of object
     * @param T $controller
     * @param array<string, mixed> $given
     * @return T
     */
    protected static function called(object $controller, array $given): object
    {
        $request = new HttpRequest('POST', [], $given + ['sessid' => bitrix_sessid()], []);
        Context::setCurrent(new Context($request, new HttpResponse()));

        return $controller;
    }
}
