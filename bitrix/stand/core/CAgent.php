<?php

declare(strict_types=1);

class CAgent
{
    /** @var array<string, int> seconds by name */
    public static array $agents = [];

    public static function AddAgent(string $name, string $module, string $isPeriodic, int $seconds): void
    {
        self::$agents[$name] = $seconds;
    }

    public static function RemoveModuleAgents(string $module): void
    {
        self::$agents = [];
    }
}
