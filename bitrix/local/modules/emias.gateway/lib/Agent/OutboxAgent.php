<?php

declare(strict_types=1);

namespace Emias\Gateway\Agent;

use Bitrix\Main\DI\ServiceLocator;
use Emias\Gateway\Config\Settings;
use Throwable;

/** Drains the outbox from the kernel's agents: every minute on a site with visitors, or better from cron. */
final class OutboxAgent
{
    public const NAME = '\\' . self::class . '::run();';
    public const SECONDS = 60;

    /** Returns the agent's own name: whatever else it returned, the kernel would not call it again. */
    public static function run(): string
    {
        try {
            ServiceLocator::getInstance()->get(Settings::MODULE . '.drain')->run();
        } catch (Throwable $fault) {
            AddMessage2Log('outbox_failed: ' . $fault::class, Settings::MODULE);
        }

        return self::NAME;
    }
}
