<?php

use Bitrix\Main\Application;
use Bitrix\Main\DI\ServiceLocator;
use Emias\Gateway\Cache\BitrixShelf;
use Emias\Gateway\Client\BitrixTransport;
use Emias\Gateway\Client\CircuitBreaker;
use Emias\Gateway\Client\CurlTransport;
use Emias\Gateway\Client\GatewayClient;
use Emias\Gateway\Config\Settings;
use Emias\Gateway\Identity\Login;
use Emias\Gateway\Identity\LoginSession;
use Emias\Gateway\Outbox\Drain;
use Emias\Gateway\Service\Directory;
use Emias\Gateway\Service\Visitor;
use Emias\Gateway\Source\ConfiguredSource;

$service = static fn (string $name): mixed => ServiceLocator::getInstance()->get(Settings::MODULE . '.' . $name);
$language = static fn (): string => defined('LANGUAGE_ID') && LANGUAGE_ID !== 'ru' ? 'en' : 'ru';

return [
    'controllers' => [
        'value' => ['defaultNamespace' => '\\Emias\\Gateway\\Controller'],
        'readonly' => true,
    ],
    'services' => [
        'value' => [
            'emias.gateway.settings' => ['className' => Settings::class],
            'emias.gateway.shelf' => ['className' => BitrixShelf::class],
            'emias.gateway.transport' => [
                'constructor' => static fn () => PHP_SAPI === 'cli' ? new CurlTransport() : new BitrixTransport(),
            ],
            'emias.gateway.client' => [
                'constructor' => static fn () => new GatewayClient(
                    $service('transport'),
                    new CircuitBreaker($service('shelf'), time(...)),
                    $service('settings')->gatewayUrl(),
                    $service('settings')->apiKey(),
                    $language(),
                ),
            ],
            'emias.gateway.directory' => [
                'constructor' => static fn () => new Directory(
                    $service('client'),
                    $service('shelf'),
                    time(...),
                    $language(),
                ),
            ],
            'emias.gateway.visitor' => [
                'constructor' => static fn () => new Visitor(
                    $service('settings')->visitorSecret(),
                    static fn (): string => Application::getInstance()->getSession()->getId(),
                ),
            ],
            'emias.gateway.identity.session' => [
                'constructor' => static fn () => new LoginSession(
                    Application::getInstance()->getSession(),
                    $service('settings')->visitorSecret(),
                    time(...),
                ),
            ],
            'emias.gateway.identity.login' => [
                'constructor' => static fn () => new Login(
                    $service('client')->onBehalfOf($service('visitor')->reference()),
                    $service('identity.session'),
                    $service('shelf'),
                ),
            ],
            'emias.gateway.doctors' => [
                'constructor' => static fn () => ConfiguredSource::open($service('settings')),
            ],
            'emias.gateway.drain' => [
                'constructor' => static fn () => new Drain(
                    $service('client'),
                    time(...),
                    static function (string $line): void {
                        AddMessage2Log($line, Settings::MODULE);
                    },
                ),
            ],
        ],
        'readonly' => true,
    ],
];
