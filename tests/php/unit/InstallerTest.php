<?php

declare(strict_types=1);

namespace Tests;

use Bitrix\Main\Application;
use Bitrix\Main\Config\Configuration;
use Bitrix\Main\Config\Option;
use Bitrix\Main\EventManager;
use Bitrix\Main\ModuleManager;
use CAgent;
use PHPUnit\Framework\TestCase;

final class InstallerTest extends TestCase
{
    protected function setUp(): void
    {
        require_once dirname(__DIR__, 3) . '/bitrix/local/modules/emias.gateway/install/index.php';
        Application::reset();
    }

    public function testTheModuleRegistersWhatItTakesAwayAgain(): void
    {
        $installer = new \emias_gateway();
        $installer->InstallDB();
        $installer->InstallEvents();
        self::assertCount(5, EventManager::getInstance()->registered);
        self::assertSame(['\\Emias\\Gateway\\Agent\\OutboxAgent::run();'], array_keys(CAgent::$agents));
        self::assertTrue(Application::getConnection()->isTableExists('b_emias_gateway_outbox'));
        Option::set('emias.gateway', 'gateway_url', 'https://gw.test');
        $installer->UnInstallEvents();
        $installer->UnInstallDB();
        self::assertSame([[], [], []], [
            EventManager::getInstance()->registered,
            CAgent::$agents,
            Application::getConnection()->tables,
        ]);
        self::assertSame('', Option::get('emias.gateway', 'gateway_url'));
    }

    public function testWhatIsMissingIsSaidInWords(): void
    {
        self::assertSame([], \emias_gateway::missing('8.1.0', '25.0.0'));
        self::assertSame(
            ['Нужен PHP 8.1.0 или новее.', 'Нужен главный модуль версии 23.0.0 или новее: обновите ядро.'],
            \emias_gateway::missing('8.0.30', '20.0.0'),
        );
        $before = Configuration::$values;
        Configuration::$values = [];
        $missing = \emias_gateway::missing('8.2.0', '25.0.0');
        Configuration::$values = $before;
        self::assertStringContainsString('crypto.crypto_key', $missing[0]);
    }

    public function testTheModuleNamesItself(): void
    {
        $installer = new \emias_gateway();
        self::assertMatchesRegularExpression('/^\d+\.\d+\.\d+$/', $installer->MODULE_VERSION);
        self::assertSame('emias.gateway', $installer->MODULE_ID);
        self::assertSame([], ModuleManager::$registered);
    }
}
