<?php

declare(strict_types=1);

namespace Bitrix\Main\Engine;

use Bitrix\Main\Error;
use Bitrix\Main\ErrorCollection;
use Bitrix\Main\Errorable;

abstract class Controller implements Errorable
{
    protected ErrorCollection $errorCollection;

    public function __construct()
    {
        $this->errorCollection = new ErrorCollection();
    }

    /**
     * @param array<string, mixed> $parameters
     */
    final public function run(string $action, array $parameters): mixed
    {
        $without = $this->configureActions()[$action]['-prefilters'] ?? [];
        $filters = array_filter(
            $this->getDefaultPreFilters(),
            static fn (object $filter): bool => !in_array($filter::class, $without, true),
        );

        return ActionRunner::run($this, $action, array_values($filters), $parameters, $this->errorCollection);
    }

    public function configureActions()
    {
        return [];
    }

    public function getErrors()
    {
        return $this->errorCollection->toArray();
    }

    public function getErrorByCode($code)
    {
        return $this->errorCollection->getErrorByCode($code);
    }

    protected function addError(Error $error)
    {
        $this->errorCollection[] = $error;

        return $this;
    }

    abstract protected function getDefaultPreFilters();
}
