<?php

use Bitrix\Main\Application;
use Bitrix\Main\Config\Option;
use Bitrix\Main\EventManager;
use Bitrix\Main\Localization\Loc;
use Bitrix\Main\ModuleManager;
use Emias\Gateway\Agent\OutboxAgent;
use Emias\Gateway\Config\Secrets;
use Emias\Gateway\Event\IblockHandlers;
use Emias\Gateway\Outbox\OutboxTable;

Loc::loadMessages(__FILE__);

class emias_gateway extends CModule
{
    private const NEEDED_PHP = '8.1.0';
    private const NEEDED_MAIN = '23.0.0';

    public $MODULE_ID = 'emias.gateway';
    public $MODULE_VERSION;
    public $MODULE_VERSION_DATE;
    public $MODULE_NAME;
    public $MODULE_DESCRIPTION;
    public $PARTNER_NAME = 'EMIAS Gateway';
    public $PARTNER_URI = '';
    public $MODULE_GROUP_RIGHTS = 'N';

    public function __construct()
    {
        $arModuleVersion = [];
        include __DIR__ . '/version.php';
        $this->MODULE_VERSION = $arModuleVersion['VERSION'];
        $this->MODULE_VERSION_DATE = $arModuleVersion['VERSION_DATE'];
        $this->MODULE_NAME = Loc::getMessage('EMIAS_GATEWAY_MODULE_NAME');
        $this->MODULE_DESCRIPTION = Loc::getMessage('EMIAS_GATEWAY_MODULE_DESCRIPTION');
    }

    public function DoInstall()
    {
        global $APPLICATION;

        $missing = self::missing(PHP_VERSION, ModuleManager::getVersion('main') ?: '0');
        if ($missing !== []) {
            $APPLICATION->ThrowException(implode('<br>', $missing));
        } else {
            $this->installOrRollBack();
        }
        $APPLICATION->IncludeAdminFile(Loc::getMessage('EMIAS_GATEWAY_INSTALL_TITLE'), __DIR__ . '/step.php');
    }

    public function DoUninstall()
    {
        global $APPLICATION;

        $request = Application::getInstance()->getContext()->getRequest();
        if ((int) $request->get('step') < 2) {
            $APPLICATION->IncludeAdminFile(Loc::getMessage('EMIAS_GATEWAY_UNINSTALL_TITLE'), __DIR__ . '/unstep1.php');

            return;
        }
        if (!check_bitrix_sessid()) {
            return;
        }
        $this->UnInstallEvents();
        if ($request->get('keep_data') !== 'Y') {
            $this->UnInstallDB();
        }
        ModuleManager::unRegisterModule($this->MODULE_ID);
        $APPLICATION->IncludeAdminFile(Loc::getMessage('EMIAS_GATEWAY_UNINSTALL_TITLE'), __DIR__ . '/unstep2.php');
    }

    /**
     * Names what the module cannot work without on this site.
     *
     * @return list<string>
     */
    public static function missing(string $php, string $main): array
    {
        $checks = [
            'PHP' => version_compare($php, self::NEEDED_PHP, '>='),
            'MAIN' => version_compare($main, self::NEEDED_MAIN, '>='),
            'UTF' => !method_exists(Application::class, 'isUtfMode') || Application::isUtfMode(),
            'CURL' => extension_loaded('curl'),
            'JSON' => extension_loaded('json'),
            'MBSTRING' => extension_loaded('mbstring'),
            'CRYPTO' => self::hasCryptoKey(),
        ];
        $absent = array_keys(array_filter($checks, static fn (bool $isMet): bool => !$isMet));

        return array_map(
            static fn (string $name): string => Loc::getMessage('EMIAS_GATEWAY_NEEDS_' . $name, [
                '#PHP#' => self::NEEDED_PHP,
                '#MAIN#' => self::NEEDED_MAIN,
            ]) ?: $name,
            $absent,
        );
    }

    public function InstallDB()
    {
        $connection = Application::getConnection();
        $table = OutboxTable::getTableName();
        if ($connection->isTableExists($table)) {
            return;
        }
        OutboxTable::getEntity()->createDbTable();
        try {
            $connection->createIndex($table, 'ix_emias_gateway_outbox_next', ['NEXT_AT']);
        } catch (Throwable $fault) {
            $connection->dropTable($table);
            throw $fault;
        }
    }

    public function UnInstallDB()
    {
        $connection = Application::getConnection();
        if ($connection->isTableExists(OutboxTable::getTableName())) {
            $connection->dropTable(OutboxTable::getTableName());
        }
        Option::delete($this->MODULE_ID);
    }

    public function InstallEvents()
    {
        $manager = EventManager::getInstance();
        foreach (IblockHandlers::HANDLERS as $event => $method) {
            $manager->registerEventHandler('iblock', $event, $this->MODULE_ID, IblockHandlers::class, $method);
        }
        CAgent::AddAgent(OutboxAgent::NAME, $this->MODULE_ID, 'N', OutboxAgent::SECONDS);
    }

    public function UnInstallEvents()
    {
        $manager = EventManager::getInstance();
        foreach (IblockHandlers::HANDLERS as $event => $method) {
            $manager->unRegisterEventHandler('iblock', $event, $this->MODULE_ID, IblockHandlers::class, $method);
        }
        CAgent::RemoveModuleAgents($this->MODULE_ID);
    }

    private function installOrRollBack(): void
    {
        global $APPLICATION;

        ModuleManager::registerModule($this->MODULE_ID);
        try {
            if (!Bitrix\Main\Loader::includeModule($this->MODULE_ID)) {
                throw new RuntimeException($this->MODULE_ID);
            }
            $this->InstallEvents();
            $this->InstallDB();
        } catch (Throwable $fault) {
            if (class_exists(IblockHandlers::class)) {
                $this->UnInstallEvents();
            }
            ModuleManager::unRegisterModule($this->MODULE_ID);
            $told = htmlspecialcharsbx($fault->getMessage());
            $APPLICATION->ThrowException(Loc::getMessage('EMIAS_GATEWAY_INSTALL_FAILED') . ' ' . $told);
        }
    }

    private static function hasCryptoKey(): bool
    {
        // The module is not registered yet, so its classes are not loaded by the kernel.
        require_once dirname(__DIR__) . '/lib/Config/Secrets.php';

        return Secrets::areAvailable();
    }
}
