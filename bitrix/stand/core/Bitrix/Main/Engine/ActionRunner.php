<?php

declare(strict_types=1);

namespace Bitrix\Main\Engine;

use Bitrix\Main\Error;
use Bitrix\Main\ErrorCollection;
use Bitrix\Main\Event;
use ReflectionMethod;
use ReflectionParameter;
use Throwable;

/** Filters, binding of parameters by name, and the action itself, as the kernel's engine orders them. */
final class ActionRunner
{
    /**
     * @param list<ActionFilter\Base> $filters
     * @param array<string, mixed> $parameters
     * @param ErrorCollection $errors
     */
    public static function run(
        object $owner,
        string $action,
        array $filters,
        array $parameters,
        ErrorCollection $errors,
    ): mixed {
        foreach ($filters as $filter) {
            if ($filter->onBeforeAction(new Event('main', 'onBeforeAction')) !== null) {
                foreach ($filter->getErrors() as $error) {
                    $errors[] = $error;
                }

                return null;
            }
        }
        $method = $action . 'Action';
        if (!method_exists($owner, $method)) {
            $errors[] = new Error('Could not find the action', 'MAIN_CONTROLLER_22002');

            return null;
        }
        try {
            $arguments = array_map(
                static fn (ReflectionParameter $one): mixed => self::bind($one, $parameters),
                (new ReflectionMethod($owner, $method))->getParameters(),
            );

            return $owner->$method(...$arguments);
        } catch (Throwable $fault) {
            $errors[] = new Error($fault->getMessage(), $fault->getCode());

            return null;
        }
    }

    /**
     * @param array<string, mixed> $given
     */
    private static function bind(ReflectionParameter $parameter, array $given): mixed
    {
        $name = $parameter->getName();
        if (!array_key_exists($name, $given)) {
            return $parameter->isDefaultValueAvailable()
                ? $parameter->getDefaultValue()
                : throw new \InvalidArgumentException("Could not find value for parameter {{$name}}");
        }
        $value = $given[$name];
        $type = (string) $parameter->getType();
        $fits = $type === 'array' ? is_array($value) : is_scalar($value);
        if (!$fits || ($type === 'int' && !is_numeric($value))) {
            throw new \InvalidArgumentException("Invalid value {{$name}}");
        }

        return $type === 'int' ? (int) $value : ($type === 'string' ? (string) $value : $value);
    }
}
