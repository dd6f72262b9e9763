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
use RuntimeException;
use Tests\Fakes\AdminPage;

final class InstallerTest extends TestCase
{
    private const TABLE = 'b_emias_gateway_outbox';

    protected function setUp(): void
    {
        require_once dirname(__DIR__, 3) . '/bitrix/local/modules/emias.gateway/install/index.php';
        Application::reset();
        Option::$values = [];
        ModuleManager::$registered = [];
        ModuleManager::$version = '25.0.0';
        EventManager::getInstance()->registered = [];
        EventManager::getInstance()->limit = null;
        CAgent::$agents = [];
    }

    protected function tearDown(): void
    {
        ModuleManager::$version = '25.0.0';
        ModuleManager::$registered = [];
    }

    public function testInstallingRegistersTheModuleAndAllThatItNeeds(): void
    {
        $page = (new AdminPage())->run((new \emias_gateway())->DoInstall(...));
        self::assertSame(['emias.gateway' => true], ModuleManager::$registered);
        self::assertCount(5, EventManager::getInstance()->registered);
        self::assertSame(['\\Emias\\Gateway\\Agent\\OutboxAgent::run();'], array_keys(CAgent::$agents));
        self::assertTrue(Application::getConnection()->isTableExists(self::TABLE));
        self::assertStringContainsString('Модуль установлен', $page->said());
        self::assertStringContainsString('settings.php?mid=emias.gateway', $page->html);
        self::assertSame(['Установка модуля записи через ЕМИАС'], $page->application->shown);
    }

    public function testWhatIsMissingStopsTheInstallationInWords(): void
    {
        ModuleManager::$version = '20.0.0';
        $page = (new AdminPage())->run((new \emias_gateway())->DoInstall(...));
        self::assertNothingIsInstalled();
        self::assertStringContainsString('Модуль не установлен', $page->said());
        self::assertStringContainsString('Нужен главный модуль версии 23.0.0', $page->said());
        self::assertStringNotContainsString('settings.php', $page->html);
    }

    public function testAFaultHalfwayLeavesNothingBehind(): void
    {
        Application::getConnection()->fault = new RuntimeException('Duplicate key <script>');
        $page = (new AdminPage())->run((new \emias_gateway())->DoInstall(...));
        self::assertNothingIsInstalled();
        self::assertStringContainsString('всё возвращено как было: Duplicate key &lt;script&gt;', $page->said());
    }

    public function testAFaultTakesNoOlderDataAway(): void
    {
        Application::getConnection()->tables[self::TABLE] = true;
        Option::set('emias.gateway', 'gateway_url', 'https://gw.test');
        EventManager::getInstance()->limit = 3;
        $page = (new AdminPage())->run((new \emias_gateway())->DoInstall(...));
        self::assertStringContainsString('no more handlers', $page->said());
        self::assertTrue(Application::getConnection()->isTableExists(self::TABLE));
        self::assertSame('https://gw.test', Option::get('emias.gateway', 'gateway_url'));
        self::assertSame([[], []], [EventManager::getInstance()->registered, ModuleManager::$registered]);
    }

    public function testUninstallingAsksFirst(): void
    {
        self::install();
        $page = (new AdminPage())->run((new \emias_gateway())->DoUninstall(...));
        self::assertArrayHasKey('emias.gateway', ModuleManager::$registered);
        self::assertStringContainsString('name="keep_data" value="Y" checked', $page->html);
        self::assertStringContainsString('name="sessid" value="' . bitrix_sessid() . '"', $page->html);
        self::assertStringContainsString('Записи пациентов в ЕМИАС и в шлюзе останутся', $page->said());
    }

    public function testDataMayOutliveTheModule(): void
    {
        self::install();
        $page = (new AdminPage())->run((new \emias_gateway())->DoUninstall(...), ['step' => '2', 'keep_data' => 'Y']);
        self::assertSame([[], [], []], [
            ModuleManager::$registered,
            EventManager::getInstance()->registered,
            CAgent::$agents,
        ]);
        self::assertTrue(Application::getConnection()->isTableExists(self::TABLE));
        self::assertSame('https://gw.test', Option::get('emias.gateway', 'gateway_url'));
        self::assertStringContainsString('Модуль удалён', $page->said());
        self::install();
        self::assertSame('https://gw.test', Option::get('emias.gateway', 'gateway_url'));
    }

    public function testDataGoesWithTheModuleWhenItIsNotKept(): void
    {
        self::install();
        (new AdminPage())->run((new \emias_gateway())->DoUninstall(...), ['step' => '2']);
        self::assertNothingIsInstalled();
        self::assertSame('', Option::get('emias.gateway', 'gateway_url'));
    }

    public function testAStrangersFormUninstallsNothing(): void
    {
        self::install();
        $form = ['step' => '2', 'sessid' => 'guessed'];
        $page = (new AdminPage())->run((new \emias_gateway())->DoUninstall(...), $form);
        self::assertArrayHasKey('emias.gateway', ModuleManager::$registered);
        self::assertTrue(Application::getConnection()->isTableExists(self::TABLE));
        self::assertSame([], $page->application->shown);
    }

    public function testEachRequirementIsNamed(): void
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

    private static function install(): void
    {
        (new AdminPage())->run((new \emias_gateway())->DoInstall(...));
        if (Option::get('emias.gateway', 'gateway_url') === '') {
            Option::set('emias.gateway', 'gateway_url', 'https://gw.test');
        }
    }

    private static function assertNothingIsInstalled(): void
    {
        self::assertSame([[], [], [], []], [
            ModuleManager::$registered,
            EventManager::getInstance()->registered,
            CAgent::$agents,
            Application::getConnection()->tables,
        ]);
    }
}
