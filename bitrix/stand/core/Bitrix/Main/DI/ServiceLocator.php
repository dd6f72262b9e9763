<?php

declare(strict_types=1);

namespace Bitrix\Main\DI;

final class ServiceLocator
{
    private static ?self $instance = null;

    /** @var array<string, array<string, mixed>> */
    private array $definitions = [];
    /** @var array<string, object> */
    private array $made = [];

    public static function getInstance(): self
    {
        return self::$instance ??= new self();
    }

    public function registerByModuleSettings(string $file): void
    {
        $settings = include $file;
        $this->definitions = ($settings['services']['value'] ?? []) + $this->definitions;
    }

    public function addInstance(string $id, object $service): void
    {
        $this->made[$id] = $service;
    }

    public function get(string $id): object
    {
        return $this->made[$id] ??= $this->make($this->definitions[$id]);
    }

    public function forget(): void
    {
        $this->made = [];
    }

    /**
     * @param array<string, mixed> $definition
     */
    private function make(array $definition): object
    {
        return isset($definition['constructor']) ? $definition['constructor']() : new $definition['className']();
    }
}
